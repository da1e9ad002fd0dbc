"""Knot DNS: the authoritative server of the tests."""

import itertools
import pathlib
import subprocess
import time

from mta import processes

CONFIGURATION = """\
server:
    rundir: {folder}
    listen: 127.0.0.1@{port}
    user: {user}
    tcp-workers: 1
    udp-workers: 1
    background-workers: 1
control:
    listen: {folder}/knot.sock
database:
    storage: {folder}/db
log:
  - target: {folder}/log
    any: info
policy:
  - id: ours
    algorithm: ecdsap256sha256
    single-type-signing: on
template:
  - id: default
    storage: {folder}
    zonefile-load: difference-no-serial
    zonefile-sync: -1
    journal-content: all
    serial-policy: increment
zone:
"""


class Knot:
    """`with Knot(folder, port, zones, signed):` has it running."""

    def __init__(self, folder, port, zones, signed):
        self.folder, self.port = pathlib.Path(folder), port
        self._serials = itertools.count(1)
        (self.folder / "db").mkdir(parents=True)
        self._configuration = self.folder / "knot.conf"
        text = CONFIGURATION.format(folder=self.folder, port=port, user="root:root")
        for name, records in zones.items():
            self._write(name, records)
            text += f"  - domain: {name}\n    file: {name}.zone\n"
            if name in signed:
                text += "    dnssec-signing: on\n    dnssec-policy: ours\n"
        self._configuration.write_text(text)

    def __enter__(self):
        self.process = processes.spawn(
            ["knotd", "-c", self._configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while self._control("zone-status").returncode:
            if self.process.poll() is not None or time.monotonic() > end:
                log = self.folder / "log"
                processes.stop(self.process)
                raise AssertionError(f"knotd does not start:\n{log.read_text() if log.exists() else ''}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        processes.stop(self.process)

    def _write(self, name, records):
        soa = f"ns.{name}. hostmaster.{name}. {next(self._serials)} 3600 900 604800 1"
        (self.folder / f"{name}.zone").write_text(
            f"$ORIGIN {name}.\n$TTL 1\n@ SOA {soa}\n@ NS ns\nns A 127.0.0.1\n{records}\n")

    def _control(self, *words):
        return subprocess.run(
            ["knotc", "-c", self._configuration, "-b", *words], capture_output=True, text=True, timeout=20)

    def set_zone(self, name, records):
        """Give a zone other records; done when this returns."""
        self._write(name, records)
        done = self._control("zone-reload", name)
        assert done.returncode == 0, f"knot does not take the zone {name}: {done.stdout}{done.stderr}"

    def trust_anchor(self, zone):
        """The DS record of a zone that Knot signs."""
        done = subprocess.run(
            ["keymgr", "-c", self._configuration, zone, "ds"], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0 and done.stdout, f"no key of {zone}: {done.stdout}{done.stderr}"
        # Of the digests that it prints, SHA-256 (RFC 4509).
        return next(line for line in done.stdout.splitlines() if line.split()[-2] == "2")

    def wrong_anchor(self, zone):
        """A DS record that no key of the zone has."""
        words = self.trust_anchor(zone).split()
        return " ".join([*words[:-1], "0" * len(words[-1])])
