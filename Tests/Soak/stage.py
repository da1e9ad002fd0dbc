"""Everything that the soak needs around the filter: its socket, its small disk, its DNS, its plugins, and Postfix."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import socket
import subprocess

from mta import processes
from nameserver import Nameserver
from signpost import Signpost

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFIGURATION = """\
listen: fd:{descriptor}
control: {folder}/control.sock
default_tracking_domains: [track.relay.example]
senders: senders.d
plugins:
  directory: {plugins}
  load: [odd, click-tracking, hosted-content]
outbound: {{ networks: ["127.0.0.0/8"] }}
max_message_size: 64MiB
domain_check: {{ mode: require, recheck: 1s, grace: 24h, state: {disk}/domains.json, resolvers: ["{resolver}"] }}
log: {{ to: stderr, level: info }}
metrics: unix:{folder}/metrics.sock
"""
SENDER = 'addresses: ["@acme.example"]\ntracking_domain: click.acme.example\n'


class SmallDisk:
    """A file system of our own that can be filled up; in a mount namespace that ends with us."""

    MEGABYTES = 96

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.is_real = False

    def __enter__(self):
        # CLONE_NEWNS, <linux/sched.h>. Before there are threads, which would stay behind.
        if ctypes.CDLL(None).unshare(0x00020000) == 0:
            for command in (["mount", "--make-rprivate", "/"],
                            ["mount", "-t", "tmpfs", "-o", f"size={self.MEGABYTES}m", "tmpfs", self.folder]):
                self.is_real = subprocess.run(command, capture_output=True).returncode == 0
        return self

    def __exit__(self, *_):
        if self.is_real:
            subprocess.run(["umount", "--lazy", self.folder], capture_output=True)

    def fill(self):
        with contextlib.suppress(OSError), open(self.folder / "filler", "wb", 0) as filler:
            while filler.write(bytes(1 << 16)):
                pass

    def empty(self):
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "filler").unlink()


class Stage:
    """The filter on a socket that somebody else holds, as systemd would, so that nobody is refused while it restarts."""

    def __init__(self, program, bench, disk):
        self.program, self.bench, self.disk = program, bench, disk
        self.folder = bench.folder
        self._everything = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            zones = {"relay.example": "track A 127.0.0.1", "acme.example": "click CNAME track.relay.example."}
            self.dns = stack.enter_context(Nameserver(self.folder / "nameserver", zones))
            self.socket = stack.enter_context(socket.socket(socket.AF_UNIX))
            self.socket.bind(str(self.bench.mta.milter))
            shutil.chown(self.bench.mta.milter, group="postfix")
            self.bench.mta.milter.chmod(0o660)
            self.socket.listen(4096)
            self._configure()
            self.filter = Signpost(self.program, self.folder / "filter", self.bench.mta.milter, self.source)
            self.filter.log = self.disk.folder / "log"
            stack.callback(lambda: processes.stop(self.filter.process))
            self.start()
            self._everything = stack.pop_all()
        return self

    def __exit__(self, *what):
        return self._everything.__exit__(*what)

    def start(self):
        """Start the filter."""
        descriptor = self.socket.fileno()
        self.filter.start({**os.environ, "TMPDIR": str(self.disk.folder)}, pass_fds=(descriptor,))

    def _configure(self):
        self.source = self.folder / "source"
        plugins = self.folder / "plugins"
        plugins.mkdir()
        (self.source / "senders.d").mkdir(parents=True)
        (self.source / "senders.d/acme.yaml").write_text(SENDER)
        for name in ("click-tracking", "hosted-content"):
            (plugins / f"lib{name}.so").symlink_to(self.program.parent / f"lib{name}.so")
        self.compile(HERE / "odd.c", plugins / "libodd.so", "-shared", "-fPIC",
                     f"-I{ROOT}/Sources/CSignpostPlugin/include")
        (self.source / "signpost.yaml").write_text(CONFIGURATION.format(
            descriptor=self.socket.fileno(), folder=self.folder, plugins=plugins, disk=self.disk.folder,
            resolver=self.dns.address))

    def compile(self, source, target, *options):
        """Build a C program; returns it."""
        subprocess.run(["cc", "-O2", *options, "-o", target, source, "-pthread"], check=True)
        return target
