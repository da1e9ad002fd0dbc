"""Debian's packages of Sendmail, unpacked: they cannot be installed beside Postfix."""

import os
import pathlib
import re
import shutil
import subprocess

from .unusable import Unusable

CACHE = pathlib.Path(__file__).resolve().parents[3] / ".build/sendmail"
PACKAGES = ("sendmail-bin", "sendmail-base", "sendmail-cf")
PROGRAM = CACHE / "root/usr/libexec/sendmail/sendmail"
#: What m4 makes a configuration of.
CF = CACHE / "root/usr/share/sendmail/cf"


def unpack():
    """Fetch and unpack Debian's packages, once."""
    if os.geteuid() != 0:
        raise Unusable("a private Sendmail needs root")
    for tool, package in (("m4", "m4"), ("ip", "iproute2"), ("apt-get", "apt"), ("dpkg", "dpkg")):
        if not shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin"):
            raise Unusable(f"{tool} is not there: apt-get install {package}")
    if not PROGRAM.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        try:
            _quietly(["apt-get", "download", "-q", *PACKAGES])
            for package in PACKAGES:
                _quietly(["dpkg", "-x", next(CACHE.glob(f"{package}_*.deb")), CACHE / "new"])
            (CACHE / "new").rename(CACHE / "root")
        except (subprocess.SubprocessError, OSError, StopIteration) as error:
            raise Unusable(f"Sendmail's packages cannot be had: {getattr(error, 'stderr', '') or error}") from None
    missing = re.findall(r"(\S+) => not found", _quietly(["ldd", PROGRAM]))
    if missing:
        raise Unusable(f"Sendmail lacks {', '.join(missing)}: make install-deps")


def _quietly(command):
    return subprocess.run(
        [os.fspath(word) for word in command], cwd=CACHE, check=True, capture_output=True, text=True, timeout=120).stdout
