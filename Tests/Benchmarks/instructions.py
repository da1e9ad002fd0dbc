"""Instructions per byte of message under callgrind: the same on every machine and however busy it is.

    instructions.py PROGRAM [SHAPE …]

What the program needs to start is left out: a run of one message is taken from a run of several. The program is run
without its debug information, whose newest forms not every valgrind reads.
"""

import re
import subprocess
import sys
import tempfile

SHAPES = [f"{encoding}-{links}" for encoding in ("quoted-printable", "base64", "8bit") for links in (0, 20, 200)]
TIMES = 3


def instructions(program, shape, times):
    """All instructions of a run, and the size of the message."""
    with tempfile.NamedTemporaryFile(prefix="callgrind-") as file:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + file.name, program, "repeat", shape, str(times)],
            capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr)[1]), int(run.stdout)


def main(program, shapes):
    print(f"{'message':24}  instructions per byte")
    with tempfile.TemporaryDirectory() as folder:
        bare = folder + "/program"
        subprocess.run(["strip", "--strip-debug", "-o", bare, program], check=True)
        for shape in shapes or SHAPES:
            one, size = instructions(bare, shape, 1)
            several, _ = instructions(bare, shape, TIMES)
            print(f"{shape:24}  {(several - one) / (TIMES - 1) / size:21.2f}", flush=True)


main(sys.argv[1], sys.argv[2:])
