"""OpenDKIM as a second milter, and OpenDKIM and dkimpy as verifiers.

Keys come from opendkim-genkey and are looked up in a file, never in the DNS. dkimpy is the second opinion, where this
Python, or one of our own under .build, has it.
"""

import functools
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

import binary
from mta import processes

DOMAIN, SELECTOR = "acme.example", "test"
PROGRAM = shutil.which("opendkim", path="/usr/sbin:/usr/bin")
GENKEY = shutil.which("opendkim-genkey", path="/usr/sbin:/usr/bin")

# Runs as user postfix, because the key and the socket are below Postfix's folder.
CONFIGURATION = """\
Mode {mode}
SigningTable refile:{folder}/senders
KeyTable file:{folder}/private
Canonicalization {canonicalization}
Socket local:{socket}
UMask 000
UserID postfix
RequireSafeKeys no
InternalHosts {internal}
TestPublicKeys {folder}/keys
AlwaysAddARHeader yes
AuthservID out.relay.example
Syslog no
Background no
"""

_VERIFY = """
import dkim, sys
record = open(sys.argv[1], "rb").read().strip()
sys.exit(0 if dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda *a, **k: record) else 1)
"""


class OpenDKIM:
    """`with OpenDKIM(folder, mode, canonicalization) as signer:`; mode `s` signs, `v` verifies. `signer.socket` is its own."""

    def __init__(self, folder, mode="s", canonicalization="simple/simple"):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / f"dkim-{mode}.sock"
        self.configuration = self.folder / f"opendkim-{mode}.conf"
        self.mode, self.canonicalization = mode, canonicalization
        self.process = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "record").exists():
            subprocess.run(
                [GENKEY, "-b", "2048", "-d", DOMAIN, "-s", SELECTOR, "-D", self.folder], check=True, capture_output=True)
            zone = (self.folder / f"{SELECTOR}.txt").read_text()
            record = "".join(re.findall(r'"([^"]*)"', zone))
            (self.folder / "record").write_text(record)
            (self.folder / "keys").write_text(f"{SELECTOR}._domainkey.{DOMAIN} {record}\n")
            # One key for all senders.
            (self.folder / "senders").write_text(f"* {SELECTOR}\n")
            (self.folder / "private").write_text(f"{SELECTOR} {DOMAIN}:{SELECTOR}:{self.folder}/{SELECTOR}.private\n")
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "postfix")
        self.configuration.write_text(CONFIGURATION.format(
            mode=self.mode, folder=self.folder, socket=self.socket, canonicalization=self.canonicalization,
            # Mail of internal hosts is signed, and not verified.
            internal="0.0.0.0/0,::/0" if self.mode == "s" else "192.0.2.1"))
        self.socket.unlink(missing_ok=True)
        self._log = open(self.folder / f"log-{self.mode}", "ab")
        self.process = processes.spawn(
            [PROGRAM, "-f", "-x", self.configuration], stdout=self._log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 20
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise AssertionError("opendkim does not start:\n" + (self.folder / f"log-{self.mode}").read_text())
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        if self.process:
            # On SIGTERM it waits for connections that an MTA keeps open. Nothing is lost by not waiting.
            processes.stop(self.process, seconds=1)
        self._log.close()

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
                return True
            except OSError:
                return False


def verdict(message):
    """What the verifying OpenDKIM wrote into a message's Authentication-Results on the way: pass, fail, …; or None."""
    found = re.search(rb"^Authentication-Results: out\.relay\.example;[^:]*?dkim=(\w+)", message, re.MULTILINE)
    return found and found[1].decode()


@functools.cache
def dkimpy():
    """A Python that has dkimpy, or None where there is none to be had. The first call may ask the network for it."""
    own = binary.ROOT / ".build/dkim/bin/python"
    for python in (sys.executable, own):
        if os.path.exists(python) and subprocess.run([python, "-c", "import dkim"], capture_output=True).returncode == 0:
            return python
    try:
        subprocess.run([sys.executable, "-m", "venv", own.parent.parent], check=True, capture_output=True)
        subprocess.run([own, "-m", "pip", "install", "--quiet", "dkimpy"], check=True, capture_output=True, timeout=120)
    except (subprocess.SubprocessError, OSError):
        return None
    return own


def is_good_to_dkimpy(python, folder, message):
    """Whether dkimpy finds the signature good."""
    return subprocess.run(
        [python, "-c", _VERIFY, pathlib.Path(folder) / "record"], input=message, capture_output=True).returncode == 0
