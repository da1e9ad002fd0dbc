"""Children that never outlive the tests."""

import atexit
import os
import shutil
import signal
import subprocess
import sys

# Told the children's pids on its standard input, it ends them where that input ends while they are on its list: when
# we are gone without a chance to stop them (SIGKILL). PR_SET_PDEATHSIG will not do: the kernel forgets it in a process
# that changes its user, as Postfix's master does.
_WATCHMAN = """
import os, signal, sys
children = set()
for line in sys.stdin:
    (children.add if line[0] == "+" else children.discard)(int(line[1:]))
for child in children:
    try:
        os.kill(child, signal.SIGTERM)
    except ProcessLookupError:
        pass
"""
_watchman = None


def _tell(word):
    global _watchman
    if not _watchman:
        _watchman = subprocess.Popen(
            [sys.executable, "-c", _WATCHMAN], stdin=subprocess.PIPE, text=True, bufsize=1, start_new_session=True)
        atexit.register(lambda: (_watchman.stdin.close(), _watchman.wait()))
    _watchman.stdin.write(word + "\n")


def spawn(command, **options):
    """Start a child in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""
    child = subprocess.Popen(
        [os.fspath(word) for word in command], stdin=subprocess.DEVNULL, start_new_session=True, **options)
    _tell(f"+{child.pid}")
    return child


def stop(child, seconds=10, first=signal.SIGTERM):
    """SIGTERM, then after some seconds SIGKILL, to a child of ours and no one else. Returns its exit status."""
    if child.poll() is None:
        child.send_signal(first)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    _tell(f"-{child.pid}")
    return child.returncode


def leave_by_exception():
    """Make SIGTERM and SIGHUP end us like Ctrl-C does: through every `finally` and `with`."""
    def leave(number, _):
        sys.exit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def become_root():
    """Postfix needs root: start this very program again through sudo where we are not."""
    if os.geteuid() != 0:
        if not shutil.which("sudo"):
            sys.exit("Postfix needs root, and there is no sudo: run this as root")
        keep = "SIGNPOST_BINARY,SIGNPOST_CORPUS,TMPDIR,LD_LIBRARY_PATH,CI"
        os.execvp("sudo", ["sudo", f"--preserve-env={keep}", sys.executable, "-B", *sys.argv])
