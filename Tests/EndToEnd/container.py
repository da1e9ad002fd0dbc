"""A Debian in a folder, booted: systemd as its first process, in a container."""

import pathlib
import shutil
import subprocess
import time

from mta import processes
from skipped import Skipped


class Container:
    """`with Container(root) as inside:` boots a `debian.Root` that has systemd, and has it shut down when left."""

    def __init__(self, root):
        if not shutil.which("systemd-nspawn"):
            raise Skipped("there is no systemd-nspawn: apt-get install systemd-container")
        self.root = root
        self.said = root.folder.parent / "boot"

    def __enter__(self):
        with open(self.said, "wb") as said:
            self._child = processes.spawn(
                ["systemd-nspawn", "--directory", self.root.folder, "--boot", "--register=no", "--keep-unit",
                 "--private-network", "--link-journal=no"], stdout=said, stderr=said)
        end = time.monotonic() + 60
        while (state := self.run("systemctl", "is-system-running")[1]) not in ("running", "degraded"):
            if self._child.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise Skipped(f"no system comes up in a container: {state}: {self.said.read_text(errors='replace')[-500:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        processes.stop(self._child, 30)

    def run(self, *command):
        """Run a command inside. Returns (exit status, what it said)."""
        children = pathlib.Path(f"/proc/{self._child.pid}/task/{self._child.pid}/children")
        first = children.read_text().split()
        if not first:
            return 1, ""
        done = subprocess.run(
            ["nsenter", "--target", first[0], "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd=/", *command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return done.returncode, (done.stdout + done.stderr).strip()
