"""systemd's part, played: it hears what the filter says of itself, and holds the socket for it."""

import contextlib
import os
import shutil
import socket
import sys
import time

HAND_OVER = """\
#!{python}
import os, sys
os.dup2({descriptor}, 3)  # SD_LISTEN_FDS_START
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv({program!r}, [{program!r}, *sys.argv[1:]])
"""


class Listener:
    """What sd_notify(3) says to `address`, a path or `@` and an abstract name."""

    def __init__(self, address):
        self.address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address.replace("@", "\0", 1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def environment(self, **more):
        return {**os.environ, "NOTIFY_SOCKET": self.address, **more}

    def hear(self, seconds=10):
        """The next datagram as a dictionary, None where there is none in time."""
        self._socket.settimeout(seconds)
        try:
            said = self._socket.recv(4096).decode()
        except (TimeoutError, BlockingIOError):
            return None
        return dict(line.split("=", 1) for line in said.split("\n"))

    def hear_until(self, word, seconds=10):
        """The first datagram with this word in it, others passed over."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            said = self.hear(left)
            if said and word in said:
                return said
        raise AssertionError(f"{word} was not said within {seconds} s")

    def pulses(self, seconds):
        """The moments of WATCHDOG=1 within this time."""
        end, moments = time.monotonic() + seconds, []
        while (left := end - time.monotonic()) > 0:
            said = self.hear(left)
            if said and said.get("WATCHDOG") == "1":
                moments.append(time.monotonic())
        return moments


@contextlib.contextmanager
def socket_unit(signpost, group="postfix"):
    """Holds the socket of a filter that has not been started, like conf/signpost.socket; the options for its start."""
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(str(signpost.milter))
        shutil.chown(signpost.milter, group=group)
        signpost.milter.chmod(0o660)
        held.listen(4096)
        wrapper = signpost.folder / "hand-over"
        wrapper.write_text(HAND_OVER.format(
            python=sys.executable, descriptor=held.fileno(), program=str(signpost.program)))
        wrapper.chmod(0o755)
        signpost.program = wrapper
        try:
            yield dict(pass_fds=[held.fileno()])
        finally:
            signpost.milter.unlink(missing_ok=True)
