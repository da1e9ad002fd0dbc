#!/usr/bin/env python3
"""Build, the unit tests, the end-to-end tests with Postfix and with Sendmail, a short soak; and one line at the end that sums them up: `N passed, N failed`.

Whatever ends badly without saying how many tests failed (a build, a crash) counts as one failure.
"""

import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
ENDS = re.compile(r"^\W*Test (?!run\b|case\b)(.+) (passed|failed) after [\d.]+ seconds")
RUN = re.compile(r"^\W*Test run with (\d+) tests?\b.* (passed|failed) after [\d.]+ seconds")
#: A minute of what `make soak` does for half an hour.
SHORT_SOAK = ["--seconds", "40", "--connections", "64", "--idle", "200", "--large", "0"]
OURS = re.compile(r"^(\d+) passed, (\d+) failed$")


def stream(command):
    """Run a command, show its output while it comes, and return (exit status, lines)."""
    print("+ " + shlex.join(map(str, command)), flush=True)
    lines = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace") as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(re.sub(r"\x1b\[[\d;]*m", "", line.rstrip("\n")))
    return process.returncode, lines


def swift_tests(status, lines):
    """(passed, failed) of `swift test`. Its summary counts issues, not failed tests; the tests' own lines do."""
    failed = sum(1 for line in lines if (found := ENDS.match(line)) and found[2] == "failed")
    runs = [found for line in lines if (found := RUN.match(line))]
    total = sum(int(found[1]) for found in runs)
    healthy = status == 0 and total and all(found[2] == "passed" for found in runs)
    failed = failed if healthy or failed else 1
    return max(total - failed, 0), failed


def own_tests(status, lines):
    """(passed, failed) of a suite that ends with our closing line."""
    counts = [found for line in lines[-1:] if (found := OURS.match(line))]
    passed, failed = (int(counts[0][1]), int(counts[0][2])) if counts else (0, 1)
    return passed, failed if status == 0 or failed else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swift", default="swift", help="the swift command (default: swift)")
    swift = shlex.split(parser.parse_args().swift)
    os.environ["NO_COLOR"] = "1"
    passed = failed = 0
    status, _ = stream([*swift, "build", "-c", "release"])
    if status:
        failed = 1
    else:
        end_to_end = [sys.executable, "-B", ROOT / "Tests/EndToEnd/run.py"]
        for command, count in (
                ([*swift, "test"], swift_tests), (end_to_end, own_tests),
                ([*end_to_end, "--mta", "sendmail"], own_tests),
                ([sys.executable, "-B", ROOT / "Tests/Soak/soak.py", *SHORT_SOAK], own_tests)):
            good, bad = count(*stream(command))
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
