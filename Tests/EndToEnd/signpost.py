"""`signpost serve` as a child: ready when entered, gone when left."""

import pathlib
import re
import shutil
import signal
import socket
import time

from mta import processes


class Signpost:
    """The filter, with a configuration copied into a folder of its own.

    The configuration is a folder with `signpost.yaml` and `senders.d`; `@SOCKET@` in the former becomes the socket's
    path. `edit` may change the copy before the start; the copy is at `config`, for tests that change it later. Where the
    edit moves it to a TCP port, `address` is that, as a pair."""

    def __init__(self, program, folder, milter, configuration, edit=None, address=None):
        self.program = program
        self.milter = pathlib.Path(milter)
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "signpost.yaml"
        self.senders = self.folder / "senders.d"
        self.log = self.folder / "log"
        self.address = address or str(milter)
        self.process = None
        shutil.copytree(configuration, self.folder)
        self.config.write_text(self.config.read_text().replace("@SOCKET@", str(self.milter)))
        if edit:
            edit(self)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process:
            processes.stop(self.process)

    def start(self, environment=None, seconds=20, **options):
        """Start it and wait until its socket takes connections. `options` are those of subprocess.Popen."""
        with open(self.log, "ab") as log:
            self.process = processes.spawn(
                [self.program, "serve", "--config", self.config], stdout=log, stderr=log, env=environment,
                **options)
        end = time.monotonic() + seconds
        while not self.answers():
            if self.process.poll() is not None:
                raise AssertionError(f"signpost serve ended with {self.process.returncode}:\n{self.text()}")
            if time.monotonic() > end:
                raise AssertionError(f"{self.address} took no connection within {seconds} s:\n{self.text()}")
            time.sleep(0.02)

    def answers(self):
        """Whether something listens at the socket."""
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        with socket.socket(family) as probe:
            try:
                probe.connect(self.address)
                return True
            except OSError:
                return False

    def stop(self, seconds=10):
        """SIGTERM; returns the exit status."""
        return processes.stop(self.process, seconds)

    def kill(self):
        """As if it had crashed."""
        processes.stop(self.process, first=signal.SIGKILL)

    def hang_up(self):
        """SIGHUP: read the files again."""
        self.process.send_signal(signal.SIGHUP)

    def text(self):
        """All that it has logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def text_with(self, word, seconds=5):
        """All that it has logged once `word` is in it: a socket takes connections before its line is written."""
        end = time.monotonic() + seconds
        while word not in (text := self.text()) and time.monotonic() < end:
            time.sleep(0.02)
        return text

    def lines_of(self, queue_id, seconds=5):
        """What it logged of one message, without the queue id; waited for. Empty where nothing comes."""
        line = re.compile(rf"(?:^|[\s>]){queue_id}: (.*)$", re.MULTILINE)
        end = time.monotonic() + seconds
        while not (found := line.findall(self.text())) and time.monotonic() < end:
            time.sleep(0.02)
        return found

    def memory(self, kind="VmRSS"):
        """Resident kilobytes, or another line of /proc/PID/status."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{kind}:\s*(\d+)", status).group(1))

    def open_files(self):
        """How many file descriptors it holds."""
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))
