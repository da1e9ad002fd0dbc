#!/usr/bin/env python3
"""The end-to-end tests: a real MTA, Signpost before it, and a sink that keeps what was delivered.

    python3 Tests/EndToEnd/run.py [--mta postfix|sendmail] [-k WORD]... [--list]

A scenario is a folder of `scenarios`: `scenario.toml` names messages, how they are sent, and what must come of them;
`README.md` there explains it. What takes more than sending messages is a function `test_…` in `tests`. Every test may
count on the MTA alone; it starts the filter that it wants. A module of tests that says
ONLY_WITH an MTA is not played with others. Ends with a line `N passed, N failed`.
"""

import argparse
import importlib
import pathlib
import sys
import time
import traceback

import binary
import opendkim
import scenario
from bench import MTAS, Bench
from mta import processes, smtp
from mta.unusable import Unusable
from skipped import Skipped

HERE = pathlib.Path(__file__).resolve().parent


def collect(mta):
    """(name, sentence, function of the bench) of every test for this MTA, scenarios first."""
    tests = [(f"scenarios/{s.name}", s.says, s.run) for s in scenario.all_in(HERE / "scenarios")]
    for path in sorted((HERE / "tests").glob("test_*.py")):
        module = importlib.import_module(f"tests.{path.stem}")
        if getattr(module, "ONLY_WITH", mta) != mta:
            continue
        for name, function in vars(module).items():
            if name.startswith("test_"):
                sentence = (function.__doc__ or name).strip().splitlines()[0].rstrip(".")
                tests.append((f"{path.stem[5:]}/{name[5:]}", sentence, function))
    return tests


def judge(bench, function):
    """Run one test. Returns ('ok' | 'skip' | 'FAIL', explanation)."""
    try:
        function(bench)
        return "ok", ""
    except Skipped as reason:
        return "skip", str(reason)
    except (AssertionError, smtp.Refused) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return "FAIL", f"{error or where.line}\n({pathlib.Path(where.filename).name}:{where.lineno})"
    except Exception:
        return "FAIL", traceback.format_exc()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mta", choices=MTAS, default="postfix", help="the MTA to test with (default: postfix)")
    parser.add_argument("-k", action="append", default=[], metavar="WORD", help="only tests whose name contains it")
    parser.add_argument("--list", action="store_true", help="name the tests and end")
    parser.add_argument("--signpost", help="the program (default: $SIGNPOST_BINARY or .build/release/signpost)")
    options = parser.parse_args()
    tests = [t for t in collect(options.mta) if not options.k or any(word in t[0] for word in options.k)]
    if options.list:
        print("\n".join(f"{name:45} {sentence}" for name, sentence, _ in tests))
        return
    processes.become_root()
    processes.leave_by_exception()
    program = binary.find(options.signpost)
    if options.mta == "sendmail" and any(name.startswith("dkim/") for name, _, _ in tests):
        opendkim.dkimpy()  # while there is a network
    count = {"ok": 0, "skip": 0, "FAIL": 0}
    try:
        with Bench(program, options.mta) as bench:
            for name, sentence, function in tests:
                start = time.monotonic()
                logged = len(bench.mta.complaints())
                verdict, explanation = judge(bench, function)
                if verdict == "FAIL":
                    explanation = "\n".join([explanation, *bench.mta.complaints()[logged:][-20:]])
                count[verdict] += 1
                print(f"{verdict:4}  {name:42} {sentence}  ({time.monotonic() - start:.1f} s)", flush=True)
                for line in explanation.splitlines():
                    print(f"      | {line}", flush=True)
    except Unusable as reason:
        # Postfix can be had wherever these tests are run; Sendmail takes packages from the network, and namespaces.
        verdict = "FAIL" if options.mta == "postfix" else "skip"
        print(f"{verdict:4}  {options.mta}: {reason}")
        count[verdict] += 1
    if count["skip"]:
        print(f"{count['skip']} skipped")
    print(f"{count['ok']} passed, {count['FAIL']} failed")
    sys.exit(1 if count["FAIL"] or not any(count.values()) else 0)


if __name__ == "__main__":
    main()
