#!/usr/bin/env python3
"""Signpost through the milter protocol, side by side with C filters on libmilter.

    python3 Tests/Benchmarks/milter.py MESSAGES [--seconds S] [--rounds N]

MESSAGES is a folder written by `Benchmarks dump`. The yardsticks are a filter in C that puts each body in the place of
itself, and, in a real Postfix, one that does nothing. Filters take turns, and the figures are the medians of the rounds, so
that a noisy machine is noisy for all.
"""

import argparse
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

import binary
from mta import processes
from mta.postfix import Postfix

SOURCES = pathlib.Path(__file__).resolve().parent / "Milter"
CONFIGURATION = """\
listen: {listen}
default_tracking_domains: [track.relay.example]
senders: senders.d
outbound: {{ networks: ["127.0.0.0/8", "0.0.0.0/0"] }}
domain_check: {{ mode: off }}
log: {{ to: stderr, level: info }}
"""
SENDER = 'addresses: ["@acme.example"]\ntracking_domain: click.acme.example\n'
#: The mean of the mixture that the targets were set on.
MEAN = 133_000


def compiled(folder, name, *options):
    """Build one of the C programs."""
    program = folder / name
    subprocess.run(
        ["cc", "-O2", "-o", program, SOURCES / f"{name}.c", "-pthread", *options], check=True)
    return program


def mixture(folder):
    """The mails of the mixture `all`, with as many of its large attachments as bring the mean to MEAN."""
    mails = sorted(pathlib.Path(folder, "all").glob("*.eml"), key=lambda path: path.stat().st_size)
    chosen = [path for path in mails if path.stat().st_size <= 500_000]
    size = sum(path.stat().st_size for path in chosen)
    for path in reversed(mails[len(chosen):]):
        if size + path.stat().st_size <= MEAN * (len(chosen) + 1):
            chosen.append(path)
            size += path.stat().st_size
    return sorted(chosen)


class Filter:
    """A filter as a child, at a unix socket or a port of the loopback; gone when left."""

    def __init__(self, folder, name, command, address):
        self.name, self.command, self.address = name, command, address
        self.log = folder / f"{name}.log"
        self.process = None

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = processes.spawn(self.command, stdout=log, stderr=log)
        for _ in range(500):
            if self.answers():
                return self
            time.sleep(0.02)
        raise AssertionError(f"{self.name} does not listen:\n{self.log.read_text()}")

    def __exit__(self, *_):
        processes.stop(self.process, 15)

    def answers(self):
        family = socket.AF_INET if isinstance(self.address, int) else socket.AF_UNIX
        with socket.socket(family) as probe:
            try:
                probe.connect(("127.0.0.1", self.address) if isinstance(self.address, int) else str(self.address))
                return True
            except OSError:
                return False

    def status(self, key):
        """A value of /proc/PID/status in kilobytes."""
        return int(re.search(rf"{key}:\s*(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text()).group(1))


class Bench:
    """The programs, the messages and the filters in one folder."""

    def __init__(self, folder, program, mails):
        self.folder, self.program = folder, program
        self.load_program = compiled(folder, "load")
        self.same_body = compiled(folder, "same_body", "-lmilter")
        (folder / "senders.d").mkdir()
        (folder / "senders.d/acme.yaml").write_text(SENDER)
        self.configure("unix:/nonexistent")
        self.lists = {"signpost": self._list(mails, self._rewritten), "C": self._list(mails, lambda path: path)}

    def configure(self, listen):
        path = self.folder / "signpost.yaml"
        path.write_text(CONFIGURATION.format(listen=listen))
        return path

    def _rewritten(self, path):
        target = self.folder / f"after-{path.name}"
        with open(target, "wb") as output:
            subprocess.run(
                [self.program, "rewrite", "--config", self.folder / "signpost.yaml", "--from", "news@acme.example",
                 path], stdout=output, check=True)
        return target

    def _list(self, mails, expected):
        path = self.folder / f"list{time.monotonic_ns()}"
        path.write_text("".join(f"{mail}\t{expected(mail)}\n" for mail in mails))
        return path

    def signpost(self, port=None):
        address = port or self.folder / "signpost.sock"
        listen = f"inet:{port}@127.0.0.1" if port else f"unix:{address}"
        return Filter(
            self.folder, "signpost", [self.program, "serve", "--config", self.configure(listen)], address)

    def in_c(self, kind="replace", port=None):
        address = port or self.folder / f"{kind}.sock"
        listen = f"inet:{port}@127.0.0.1" if port else f"unix:{address}"
        return Filter(self.folder, "C", [self.same_body, kind, listen], address)

    def load(self, filter, *options):
        """Send messages; the driver's own account."""
        done = subprocess.run(
            [self.load_program, "-p", str(filter.process.pid), *map(str, options), str(filter.address),
             self.lists[filter.name]], capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{filter.name}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def verdict(good):
    return "met" if good else "MISSED"


def throughput(bench, seconds, rounds):
    """CPU per message and messages per second, 8 connections on a unix socket."""
    found = {"signpost": [], "C": []}
    for _ in range(rounds):
        for make in (bench.in_c, bench.signpost):
            with make() as filter:
                bench.load(filter, "-c", 8, "-s", 1)
                found[filter.name].append(bench.load(filter, "-c", 8, "-s", seconds))
    cpu = {name: statistics.median(r["cpu"] / r["messages"] * 1000 for r in rs) for name, rs in found.items()}
    rate = {name: statistics.median(r["messages"] / r["seconds"] for r in rs) for name, rs in found.items()}
    moved = found["signpost"][0]
    print(f"8 connections, unix socket; rewritten: {moved['rewritten'] / moved['messages']:.0%} of messages")
    for name in ("C", "signpost"):
        print(f"  {name:9} {cpu[name]:6.3f} ms CPU per message {rate[name]:7.0f} messages/s")
    by_cpu, by_rate = cpu["signpost"] / cpu["C"], rate["signpost"] / rate["C"]
    print(f"  CPU {by_cpu:.2f} x of C (target 1.25: {verdict(by_cpu <= 1.25)}), "
          f"rate {by_rate:.2f} x (target 0.80: {verdict(by_rate >= 0.8)})")


def memory(bench, seconds):
    """Peak memory with 256 connections at full speed."""
    peaks = {}
    for make in (bench.in_c, bench.signpost):
        with make() as filter:
            bench.load(filter, "-c", 256, "-s", seconds)
            peaks[filter.name] = filter.status("VmHWM") / 1024
    print(f"256 connections, peak memory (VmHWM): C {peaks['C']:.0f} MB, signpost {peaks['signpost']:.0f} MB "
          f"(target 200: {verdict(peaks['signpost'] <= 200)})")


def tcp(bench, seconds):
    """The end-of-message step over TCP, one connection."""
    medians = {}
    for make in (bench.in_c, bench.signpost):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with make(port=port) as filter:
            medians[filter.name] = bench.load(filter, "-c", 1, "-s", seconds)["median_us"] / 1000
    print(f"end of message over TCP, median: C {medians['C']:.2f} ms, signpost {medians['signpost']:.2f} ms "
          f"(target 2: {verdict(medians['signpost'] <= 2)})")


def through_postfix(bench, mail, messages, rounds):
    """Messages per second that a real Postfix takes with Signpost, beside a C filter that does nothing."""
    with Postfix(bench.folder / "mta") as postfix:
        # Nothing behind the queue that would take its time.
        for command in (["postconf", "-c", postfix.folder / "etc", "-e", "default_transport = discard:"],
                        ["postfix", "-c", postfix.folder / "etc", "reload"]):
            subprocess.run(["/usr/sbin/" + command[0], *command[1:]], check=True, capture_output=True)
        rates = {"signpost": [], "C": []}
        for number in range(2 * rounds):
            for name in sorted(rates, reverse=number % 2):
                address = postfix.milter
                command = ([bench.program, "serve", "--config", bench.configure(f"unix:{address}")]
                           if name == "signpost" else [bench.same_body, "nothing", f"unix:{address}"])
                with Filter(bench.folder, name, command, address):
                    address.chmod(0o666)
                    for count in (messages // 10, messages):  # the first ones start Postfix's processes
                        start = time.monotonic()
                        subprocess.run(
                            ["/usr/sbin/smtp-source", "-s", "8", "-m", str(count), "-f", "news@acme.example", "-t",
                             "reader@inbox.example", "-F", mail, f"inet:127.0.0.1:{postfix.port['relay']}"],
                            check=True, capture_output=True)
                        taken = time.monotonic() - start
                    rates[name].append(messages / taken)
        complaints = postfix.complaints()
    found = {name: statistics.median(values) for name, values in rates.items()}
    ratio = statistics.median(ours / theirs for ours, theirs in zip(rates["signpost"], rates["C"]))
    print(f"real Postfix, 8 sessions, messages of {mail.stat().st_size / 1000:.0f} KB: with a C filter that does nothing "
          f"{found['C']:.0f}/s, with Signpost {found['signpost']:.0f}/s: {ratio:.2f} x (target 0.90: {verdict(ratio >= 0.9)})"
          + "".join("\n  " + line for line in complaints[:5]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("messages", help="a folder written by `Benchmarks dump`")
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (default: 4)")
    parser.add_argument("--rounds", type=int, default=5, help="in which the filters take turns (default: 5)")
    parser.add_argument("--signpost", help="the program (default: $SIGNPOST_BINARY or .build/release/signpost)")
    options = parser.parse_args()
    processes.leave_by_exception()
    mails = mixture(options.messages)
    size = sum(path.stat().st_size for path in mails) / len(mails)
    with tempfile.TemporaryDirectory(prefix="signpost-bench-") as folder:
        bench = Bench(pathlib.Path(folder), binary.find(options.signpost), mails)
        print(f"{len(mails)} messages of {size / 1000:.0f} KB on average")
        throughput(bench, options.seconds, options.rounds)
        memory(bench, options.seconds)
        tcp(bench, options.seconds)
        if os.geteuid() == 0 and os.access("/usr/sbin/smtp-source", os.X_OK):
            folder = pathlib.Path(folder)
            (folder / "mta").mkdir()
            folder.chmod(0o755)
            rewritten = [path for path in mails if b"track.relay.example" in path.read_bytes()]
            usual = min(rewritten, key=lambda path: abs(path.stat().st_size - 55_000))
            through_postfix(bench, usual, int(options.seconds * 250), options.rounds)
        else:
            print("without Postfix: that takes root, and Postfix")


if __name__ == "__main__":
    main()
