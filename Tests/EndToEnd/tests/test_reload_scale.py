"""Reloads of many senders while mail flows. SIGNPOST_SCALE=100000 for as many; the usual run has 5,000."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time

from bench import HERE

ONLY_WITH = "postfix"  # the same with any MTA

SENDERS = int(os.environ.get("SIGNPOST_SCALE", 5000))
#: Those whose mail flows, and whose files change with every reload.
BUSY = 100
RELOADS = 6
ATTEMPTS = 3


def _write(signpost, number, version):
    (signpost.senders / f"s{number}.yaml").write_text(
        f'addresses: ["@s{number}.example", "@*.s{number}.example", "news@mail{number}.example"]\n'
        f"networks: [127.0.0.0/8]\ntracking_domain: v{version}.s{number}.example\n"
        "plugins: { forward-to-friend: off }\n")


def _many(signpost):
    # The watch is at work on all of their domains, and hears nothing.
    text = signpost.config.read_text()
    signpost.config.write_text(text.replace(
        "{ mode: off }", '{ mode: warn, recheck: 5s, state: domains.json, resolvers: ["127.0.0.1:9"] }'))
    for number in range(SENDERS):
        _write(signpost, number, 0)


def _go_first():
    """Take the processors from whatever else runs here, so that what delays mail is us. Called in the child."""
    try:
        os.nice(-15)
        # Where each session has its share of the processors, that is for between the sessions (sched(7)).
        with open("/proc/self/autogroup", "w") as group:
            group.write("-20")
    except OSError:
        pass


def _peak(signpost):
    """The most memory it ever had, in megabytes."""
    status = open(f"/proc/{signpost.process.pid}/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def _flow_and_reload(bench, signpost, first):
    """Returns the messages of the flow, and (began, ended, version) of each reload."""
    flow = subprocess.Popen(
        [sys.executable, "-B", HERE / "flow.py", signpost.milter, str(BUSY)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, start_new_session=True, preexec_fn=_go_first)
    try:
        reloads = []
        for version in range(first, first + RELOADS):
            time.sleep(0.3)
            for number in range(BUSY):
                _write(signpost, number, version)
            began = time.monotonic()
            done = bench.command("reload", "--config", signpost.config)
            reloads.append((began, time.monotonic(), version))
            assert done.returncode == 0, (done.stdout + done.stderr).decode()
        time.sleep(0.3)
        output, _ = flow.communicate(timeout=60)
        assert flow.returncode == 0, f"the flow broke off: {flow.returncode}"
        return json.loads(output), reloads
    finally:
        flow.kill()
        flow.wait()


def test_while_mail_flows(bench):
    """Reloads of many senders: no message lost, rewritten by halves or with old files, none 10 ms late"""
    signpost = bench.signpost(edit=_many)
    with contextlib.ExitStack() as stack:
        stack.push(signpost.__exit__)
        signpost.start(preexec_fn=_go_first)
        started = _peak(signpost)
        delays = []
        for attempt in range(ATTEMPTS):
            first = 1 + attempt * RELOADS
            sent, reloads = _flow_and_reload(bench, signpost, first)
            assert len(sent) > 500, f"the test is void: {len(sent)} messages"
            for number, (began, ended, domain) in enumerate(sent):
                assert domain, f"message {number} was not rewritten as a whole"
                version, name = domain.split(".", 1)
                assert name == f"s{number % BUSY}.example", f"message {number} has the domain {domain}"
                # A reload may take effect at any moment between its request and its answer.
                least = max((v for _, done, v in reloads if done < began), default=first - 1)
                most = max((v for asked, _, v in reloads if asked < ended), default=first - 1)
                assert least <= int(version[1:]) <= most, f"{domain}: expected v{least} to v{most}"
            during, quiet = [], []
            for began, ended, _ in sent:
                hit = any(began < done and asked < ended for asked, done, _ in reloads)
                (during if hit else quiet).append((ended - began) * 1000)
            assert len(during) > RELOADS, "the test is void: no mail during the reloads"
            print(
                f"      {SENDERS} senders, {len(sent)} messages: usually {statistics.median(quiet):.2f} ms, at most "
                f"{max(quiet):.2f}; during reloads {statistics.median(during):.2f}, at most {max(during):.2f}; reloads "
                f"took {max(done - asked for asked, done, _ in reloads):.2f} s; memory {started} MB, at most "
                f"{_peak(signpost)}")
            delays.append(max(during) - max(quiet))
            if delays[-1] <= 10:
                break
        else:
            # A busy machine delays anything now and then; what we do ourselves comes back each time.
            raise AssertionError(f"messages during reloads were late by {delays} ms")
        assert _peak(signpost) < 2 * started, f"memory doubled: {started} MB, then {_peak(signpost)} MB"
