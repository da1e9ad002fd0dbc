#!/usr/bin/env python3
"""The filter under load, and under everything that may happen to it, for as long as you like.

    python3 Tests/Soak/soak.py [--seconds S] [--connections N] [--idle N]

Starts a private Postfix and Signpost on a socket that this program holds, as systemd would. N milter connections send at
full speed, more of them send now and then, others hang up, fall silent or talk nonsense; letters go through Postfix.
Meanwhile come the faults of `faults.py`: those that end the process in the first third of the time, the others after
it. At the end every message is accounted for by its id, and has to be whole: as it came, or as `signpost rewrite` has it.

Then come large messages, all at once, to a filter of their own.

Ends with a line `N passed, N failed`. It is in Python for the servers, which are those of the end-to-end tests, with a
driver in C for the load: the filter has to be the one that is busy.
"""

import argparse
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "EndToEnd")]

import binary
import faults
import flows
import letters
import peers
from bench import Bench
from mta import processes
from stage import SmallDisk, Stage
from tests.test_memory import peak
from watch import Watch

#: How much more memory than before, in kB, is still flat; allocators breathe.
FLAT = 24_000


class Judge:
    """What has to hold, said aloud."""

    def __init__(self):
        self.passed = self.failed = 0

    def says(self, good, sentence):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'}  {sentence}", flush=True)


def throw(stage, kinds, seconds, watch):
    """Faults one after the other for so many seconds, each at least once."""
    end, number = time.monotonic() + seconds, 0
    pause = max(0.5, seconds / len(kinds) / 4)
    while number < len(kinds) or time.monotonic() < end - 2 * stage.patience:
        fault = kinds[number % len(kinds)]
        start = time.monotonic()
        skipped = fault(stage)
        number += 1
        print(f"{time.strftime('%H:%M:%S')}  {fault.__doc__} ({time.monotonic() - start:.1f} s)"
              + (f": skipped, {skipped}" if skipped else ""), flush=True)
        time.sleep(min(pause, 20))
        if stage.filter.process.poll() is not None:
            raise AssertionError(f"the filter ended with {stage.filter.process.returncode}: {stage.filter.text()[-2000:]}")
    time.sleep(max(0, end - time.monotonic()))


def soak(bench, disk, options, judge):
    with Stage(binary.find(options.signpost), bench, disk) as stage:
        stage.patience = min(10, options.seconds / 20)
        time.sleep(2)  # until the domain is verified
        load = stage.compile(HERE.parent / "Benchmarks/Milter/load.c", bench.folder / "load")
        watch = Watch(stage)
        before = watch.sample()
        start = time.monotonic()
        busy = flows.Direct(stage, load, options.connections, 0, options.seconds, letters.all_messages())
        idle = flows.Direct(stage, load, options.idle, 20, options.seconds, letters.all_messages()[:18])
        postfix = flows.ThroughPostfix(bench)
        others = [kind(bench.mta.milter) for kind in peers.ALL]
        scraper = peers.Scraper(stage.folder / "metrics.sock")
        watch.start()
        for thread in [postfix, scraper, *others]:
            thread.start()
        throw(stage, faults.DEADLY, options.seconds / 3, watch)
        throw(stage, faults.OTHERS, start + options.seconds - time.monotonic(), watch)
        accounts = [flow.account(120) for flow in (busy, idle)]
        for peer in [scraper, *others]:
            peer.ends.set()
        through = postfix.account(bench.sink)
        for peer in others:
            peer.join(40)
        watch.end()
        judge.says(scraper.times and not scraper.wrong, f"metrics given {scraper.times} times" + "".join(scraper.wrong[:3]))
        report(judge, stage, watch, before, accounts, through, others, options)
        if options.large:
            with faults.another(stage, "large", edit=lambda text: text.replace("mode: require", "mode: off")) as other:
                most = peak(other, options.large, 50)
            judge.says(most < 1000, f"{options.large} messages of 50 MB at once: at most {most} MB of memory")


def report(judge, stage, watch, before, accounts, through, others, options):
    for connections, account in zip((options.connections, options.idle), accounts):
        print(f"{connections} connections: {account}")
        judge.says(account["messages"] == account["started"],
                   f"{connections} connections: {account['started']} messages begun, {account['messages']} ended")
        judge.says(account["mixed"] == 0, f"{account['rewritten']} rewritten, {account['original']} original, "
                                          f"{account['mixed']} neither")
        judge.says(account["refused"] == 0, f"{account['refused']} connections refused; {account['lost']} cut by our kills, "
                                            "their messages sent again")
    # Less than there were: no line is written where the disk is full, or by one that is killed.
    print("as they came, by the log: "
          + "; ".join(f"{reason} {count}" for reason, count in watch.passed.most_common(8)))
    accepted, lost, doubled, mixed, rewritten = through
    judge.says(accepted and not lost and not doubled and not mixed,
               f"through Postfix {accepted} accepted ({rewritten} rewritten), {lost} lost, {doubled} doubled, {mixed} neither")
    # Only a filter that is about to end lets a letter pass as it came.
    judge.says(rewritten > 0.9 * accepted, f"through Postfix {rewritten / max(1, accepted):.1%} rewritten")
    wrong = [sentence for peer in others for sentence in peer.wrong]
    judge.says(not wrong, f"{sum(peer.times for peer in others)} badly behaved connections" + "".join(f"; {w}" for w in wrong[:3]))
    early, late = watch.growth()
    peak = max(sample[1] for sample in watch.samples)
    judge.says(late - early < FLAT, f"memory of its own {early / 1000:.0f} MB, at the end {late / 1000:.0f} MB "
                                    f"(peak {peak / 1000:.0f} MB, {len(watch.of_last_process())} s of one process)")
    for _ in range(100):
        now = watch.sample()
        if now[3] <= before[3] and now[2] <= before[2]:
            break
        time.sleep(0.2)
    judge.says(now[3] <= before[3], f"{before[3]} open files before, {now[3]} after")
    judge.says(now[2] <= before[2], f"{before[2]} threads before, {now[2]} after, at most "
                                    f"{max(sample[2] for sample in watch.samples)}")
    judge.says(watch.times, f"the filter's own time per 100 KB, {len(watch.times)} messages: median "
                            f"{watch.percentile(0.5):.2f} ms, 99th percentile {watch.percentile(0.99):.2f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1800, help="how long (default: 1800)")
    parser.add_argument("--connections", type=int, default=256, help="at full speed (default: 256)")
    parser.add_argument("--idle", type=int, default=1000, help="that send a message every twenty seconds (default: 1000)")
    parser.add_argument("--large", type=int, default=100, help="messages of 50 MB at once, on a disk (default: 100)")
    parser.add_argument("--signpost", help="the program (default: $SIGNPOST_BINARY or .build/release/signpost)")
    options = parser.parse_args()
    processes.become_root()
    processes.leave_by_exception()
    judge = Judge()
    with tempfile.TemporaryDirectory(prefix="signpost-soak-") as folder:
        with SmallDisk(pathlib.Path(folder) / "disk") as disk, Bench(binary.find(options.signpost)) as bench:
            soak(bench, disk, options, judge)
    print(f"{judge.passed} passed, {judge.failed} failed")
    sys.exit(1 if judge.failed else 0)


if __name__ == "__main__":
    main()
