"""What is done to the filter and its surroundings while mail flows. Each fault undoes itself, and mail has to go on."""

import contextlib
import json
import os
import resource
import time

from mta import postgres, processes
from signpost import Signpost
from mta.milter import Milter
from peers import FIELDS, LINE, SENDER

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


def killed(stage):
    """kill -9, and a new start on the same socket"""
    stage.filter.kill()
    time.sleep(0.3)
    stage.start()


def restarted(stage):
    """SIGTERM and a new start, as systemctl restart does"""
    assert stage.filter.stop(40) == 0, f"exit {stage.filter.process.returncode}"
    stage.start()


def hangup_storm(stage):
    """Five hundred SIGHUPs"""
    for _ in range(500):
        stage.filter.hang_up()
        time.sleep(0.002)


def full_disk(stage):
    """No room for the log, the state and large bodies"""
    if not stage.disk.is_real:
        return "no file system of our own can be mounted"
    stage.disk.fill()
    stage.dns.misbehave("servfail")  # which is a state to be kept
    time.sleep(stage.patience)
    stage.dns.misbehave(None)
    stage.disk.empty()
    json.loads((stage.disk.folder / "domains.json").read_text())
    emptied = time.time()
    while stage.filter.log.stat().st_mtime < emptied:
        assert time.time() < emptied + 30, "the log is not written again"
        time.sleep(0.1)
    return None


def silent_dns(stage):
    """DNS servers that say nothing, and then that they failed"""
    for how in ("silent", "servfail"):
        stage.dns.misbehave(how)
        time.sleep(stage.patience / 2)
    stage.dns.misbehave(None)


def no_descriptors(stage):
    """Not one more file descriptor to be had"""
    pid = stage.filter.process.pid
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (stage.filter.open_files(), usual[1]))
    time.sleep(stage.patience)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)


def broken_files(stage):
    """A reload with broken files, and one with good ones"""
    sender = stage.filter.senders / "acme.yaml"
    good = sender.read_text()
    sender.write_text("addresses: [\n")
    stage.filter.hang_up()
    time.sleep(1)
    sender.write_text(good)
    stage.filter.hang_up()


@contextlib.contextmanager
def another(stage, name, program=None, environment=None, edit=lambda text: text):
    """A filter of its own, with another socket, state and name."""
    address = stage.folder / f"{name}.sock"
    other = Signpost(program or stage.program, stage.folder / f"{name}{time.monotonic_ns()}", address, stage.source)
    text = other.config.read_text().replace(f"fd:{stage.socket.fileno()}", f"unix:{address}")
    text = text.replace("control.sock", f"{name}.control").replace("domains.json", f"{name}.json")
    text = text.replace("metrics.sock", f"{name}.metrics")
    other.config.write_text(edit(text))
    try:
        other.start(environment)
        yield other
    finally:
        if other.process:
            processes.stop(other.process)


BODY = LINE * 50
MOVED = BODY.replace(b"//track.relay.", b"//click.acme.")


def no_database(stage):
    """PostgreSQL killed, away, and back: a filter of its own, whose senders are there"""
    if not postgres.programs():
        return "no PostgreSQL"
    with postgres.PostgreSQL(stage.folder / f"postgres{time.monotonic_ns()}") as server:
        server.sql("CREATE TABLE senders (address text PRIMARY KEY, id text, tracking_domain text);"
                   "INSERT INTO senders VALUES ('@acme.example', 'acme', 'click.acme.example')")
        block = (f'senders:\n  pgsql:\n    connection: "{server.connection}"\n'
                 "    query: SELECT id, tracking_domain FROM senders WHERE address = $1\n"
                 "    timeout: 1s\n    cache: { entries: 10, time_to_live: 1s }\n")
        off = lambda text: text.replace("senders: senders.d\n", block).replace("mode: require", "mode: off")
        with another(stage, "database", edit=off) as other, Milter(other.milter) as milter:
            for happens in (None, server.kill, server.start):
                if happens:
                    happens()
                end = time.monotonic() + stage.patience / 2
                while time.monotonic() < end:
                    # What was found is served while the database is away, however old.
                    assert milter.message(SENDER, FIELDS, BODY) == MOVED, happens
                    time.sleep(0.05)
    return None


def clock_jumps(stage):
    """A clock that jumps by days and years: a filter of its own, under libfaketime"""
    if not os.path.exists(FAKETIME):
        return "no libfaketime"
    clock = stage.folder / "clock"
    clock.write_text("+0")
    # libfaketime sets a variable in the first program it gets into, and Swift's runtime, which looks for the arguments
    # beside the environment, then finds none; in a program called by another it is set already.
    through_shell = stage.folder / "signpost.sh"
    through_shell.write_text(f'#!/bin/sh\nexec {stage.program} "$@"\n')
    through_shell.chmod(0o755)
    environment = {
        **os.environ, "LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    with another(stage, "clock", through_shell, environment) as other:
        time.sleep(3)  # until the domain is verified
        with Milter(other.milter) as milter:
            for jump in ("+0", "+1d", "-1d", "+10y", "-10y", "+0"):
                clock.write_text(jump)
                for _ in range(5):
                    assert milter.message(SENDER, FIELDS, BODY) == MOVED, jump
                    time.sleep(0.2)
    return None


#: Those that end the process, and those that it lives through; memory is judged after the first.
DEADLY = [killed, restarted, killed]
OTHERS = [hangup_storm, full_disk, silent_dns, no_database, no_descriptors, broken_files, clock_jumps]
