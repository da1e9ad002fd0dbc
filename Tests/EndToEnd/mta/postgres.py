"""A private PostgreSQL server: its own folder, data, and loopback port; nothing of the system's is touched."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from . import processes


def programs():
    """The folder of the newest installed version's programs; None where there is none."""
    versions = [p for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres") if p.parts[4].isdigit()]
    return max(versions, key=lambda p: int(p.parts[4])).parent if versions else None


class PostgreSQL:
    """A server in `folder`, to be entered, with a database `mail` that the role `signpost` may read."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.bin = programs()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.connection = f"host=127.0.0.1 port={self.port} dbname=mail user=signpost"
        self.process = None

    def __enter__(self):
        self.folder.mkdir()
        # It does not run as root.
        shutil.chown(self.folder, "postgres", "postgres")
        # Made once, and copied for each server: it takes seconds.
        template = self.folder.parent / "postgres-template"
        if not template.exists():
            template.mkdir()
            shutil.chown(template, "postgres", "postgres")
            self._run("initdb", "-D", template / "data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        subprocess.run(["cp", "-a", template / "data", self.folder], check=True)
        try:
            self.start()
            self.sql("CREATE DATABASE mail", "postgres")
            self.sql("CREATE ROLE signpost LOGIN; GRANT pg_read_all_data TO signpost")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.signal_all(signal.SIGCONT)
            processes.stop(self.process, first=signal.SIGQUIT)

    def _run(self, program, *arguments):
        subprocess.run([*self._unprivileged(), self.bin / program, *arguments], check=True, capture_output=True, cwd="/")

    @staticmethod
    def _unprivileged():
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]

    def start(self, seconds=30):
        """Start it and wait until it answers."""
        with open(self.folder / "log", "ab") as log:
            self.process = processes.spawn(
                [*self._unprivileged(), self.bin / "postgres", "-D", self.folder / "data", "-k", self.folder, "-F",
                 "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"], stdout=log, stderr=log, cwd="/")
        end = time.monotonic() + seconds
        ready = [self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready).returncode:
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("PostgreSQL did not start:\n" + (self.folder / "log").read_text(errors="replace"))
            time.sleep(0.05)

    def signal_all(self, number):
        """A signal to it and its children."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        for child in [pid, *map(int, children.read_text().split() if children.exists() else [])]:
            try:
                os.kill(child, number)
            except ProcessLookupError:
                pass

    def kill(self):
        """As if the machine had lost its power."""
        self.signal_all(signal.SIGKILL)
        processes.stop(self.process, first=signal.SIGKILL)
        (self.folder / "data/postmaster.pid").unlink(missing_ok=True)

    def sql(self, text, database="mail"):
        """Run statements as its superuser; returns what they print."""
        return subprocess.run(
            [self.bin / "psql", "-h", self.folder, "-p", str(self.port), "-U", "postgres", "-d", database, "-qAtX", "-v",
             "ON_ERROR_STOP=1", "-c", text], check=True, capture_output=True, text=True).stdout.strip()


def example(document):
    """(schema and rows as SQL, the `senders` block as YAML) of docs/POSTGRESQL.md, as they stand there."""
    text = pathlib.Path(document).read_text()
    schema, rows = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)[:2]
    return schema + rows, re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1)
