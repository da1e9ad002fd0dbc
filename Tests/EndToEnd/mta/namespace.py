"""A private view of the machine for this process and its children: host name, network, mounts. Gone when they end."""

import ctypes
import ipaddress
import os
import pathlib
import socket
import subprocess

# <linux/sched.h>
_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWNET = 0x00020000, 0x04000000, 0x40000000
#: What programs find in the private /dev.
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm")


def enter(hostname, mounts, folder):
    """Leave the machine's namespaces for new ones: no network but the loopback, and `mounts`, {path: file in its place}.

    A path in /dev need not exist. `folder` is for what is needed on the way. Raises OSError where the kernel or a
    container does not allow it. To be called before there are threads, which would stay behind."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), f"unshare: {os.strerror(ctypes.get_errno())}")
    _run("mount", "--make-rprivate", "/")
    _run("ip", "link", "set", "lo", "up")
    socket.sethostname(hostname)
    _private_dev(pathlib.Path(folder) / "dev")
    for path, source in mounts.items():
        if path.startswith("/dev/"):
            pathlib.Path(path).touch()
        _run("mount", "--bind", source, path)


def add_address(address):
    """Make an IP address our own, for clients to come from."""
    prefix = ipaddress.ip_address(address).max_prefixlen
    nodad = ["nodad"] if ":" in address else []
    _run("ip", "address", "replace", f"{address}/{prefix}", "dev", "lo", *nodad)


def _private_dev(folder):
    """Put a /dev over the machine's in which names can be added."""
    folder.mkdir()
    _run("mount", "-t", "tmpfs", "tmpfs", folder)
    for device in (d for d in _DEVICES if os.path.exists(f"/dev/{d}")):
        place = folder / device
        place.mkdir() if os.path.isdir(f"/dev/{device}") else place.touch()
        _run("mount", "--bind", f"/dev/{device}", place)
    (folder / "fd").symlink_to("/proc/self/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        (folder / name).symlink_to(f"/proc/self/fd/{number}")
    _run("mount", "--move", folder, "/dev")


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
