"""The filter as a service of systemd: what it says of itself, the watchdog, the units, and restarts under load."""

import concurrent.futures
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import systemd
from mta import smtp
from skipped import Skipped
from tests.letters import letter, moved

ONLY_WITH = "postfix"  # nothing of it is the MTA's

SENDER = "news@acme.example"
CONF = pathlib.Path(__file__).resolve().parents[3] / "conf"


def test_states(bench):
    """systemd hears when the filter is ready, reloads and stops, and how it is; by a path and by an abstract name"""
    for address in (bench.folder / "notify.sock", f"@{bench.folder}/notify"):
        signpost = bench.signpost()
        with systemd.Listener(address) as listener:
            try:
                signpost.start(environment=listener.environment())
                said = listener.hear()
                assert said["READY"] == "1" and re.fullmatch(
                    r"senders=5 connections=\d+ messages=0", said["STATUS"]), said
                signpost.hang_up()
                said = listener.hear_until("RELOADING")
                age = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000 - int(said["MONOTONIC_USEC"])
                assert 0 <= age < 10_000_000, said
                assert listener.hear_until("READY")["READY"] == "1"
                message = letter(SENDER)
                assert bench.mail(SENDER, message)[1] == moved(message)
            finally:
                signpost.__exit__()
            assert listener.hear_until("STOPPING")["STOPPING"] == "1"


def test_watchdog(bench):
    """The watchdog hears at half its time that the filter lives; not while it hangs, nor when nobody can connect"""
    signpost = bench.signpost()
    with systemd.Listener(bench.folder / "watchdog.sock") as listener:
        try:
            signpost.start(environment=listener.environment(WATCHDOG_USEC="800000"))
            listener.hear_until("WATCHDOG")
            # A loaded machine delays one and not the next: what counts is how many there are.
            moments = listener.pulses(3)
            assert 3 <= len(moments) <= 9, f"heard at {moments}, expected one each 0.4 s"

            signpost.process.send_signal(signal.SIGSTOP)
            listener.pulses(0.5)
            assert not listener.pulses(1.5), "it lives although it is stopped"
            signpost.process.send_signal(signal.SIGCONT)
            listener.hear_until("WATCHDOG")

            signpost.milter.rename(signpost.milter.with_name("hidden"))
            listener.pulses(1)
            assert not listener.pulses(1.5), "it lives although nobody can connect"
            signpost.milter.with_name("hidden").rename(signpost.milter)
            listener.hear_until("WATCHDOG")
        finally:
            signpost.process.send_signal(signal.SIGCONT)
            signpost.__exit__()


def test_watchdog_of_another(bench):
    """A watchdog that is for another process hears nothing"""
    signpost = bench.signpost()
    with systemd.Listener(bench.folder / "other.sock") as listener:
        try:
            signpost.start(environment=listener.environment(WATCHDOG_USEC="200000", WATCHDOG_PID="1"))
            listener.hear_until("READY")
            assert not listener.pulses(1)
        finally:
            signpost.__exit__()


def test_units(bench):
    """systemd finds nothing wrong with the units, and the service well enclosed"""
    if not shutil.which("systemd-analyze"):
        raise Skipped("there is no systemd-analyze")
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        for name in ("signpost.service", "signpost.socket"):
            text = (CONF / name).read_text().replace("/usr/local/bin/signpost", str(bench.program))
            (pathlib.Path(folder) / name).write_text(text)
        units = sorted(pathlib.Path(folder).iterdir())
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60)
        ours = [line for line in (done.stdout + done.stderr).splitlines() if "signpost" in line]
        assert done.returncode == 0 and not ours, "\n".join(ours) or done.stderr
        # In tenths: 1.5 is as far as it goes with sockets, DNS, `socket_group` and files of other users.
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=16", units[0]], capture_output=True, text=True,
            timeout=60)
        assert done.returncode == 0, done.stdout.strip().splitlines()[-1:] or done.stderr


class _Load:
    """Clients that send letters without a pause, and again what was refused for now, as an MTA does."""

    def __init__(self, bench, clients):
        self._bench = bench
        self._clients = clients
        self._isOver = threading.Event()
        #: (recipient, letter, answers until it was taken) of every letter
        self.sent = []

    def __enter__(self):
        self._pool = concurrent.futures.ThreadPoolExecutor(self._clients)
        self._work = [self._pool.submit(self._send) for _ in range(self._clients)]
        return self

    def __exit__(self, *_):
        self._isOver.set()
        self._pool.shutdown()

    def finish(self):
        self._isOver.set()
        for work in self._work:
            work.result()

    def _send(self):
        while not self._isOver.is_set():
            message, recipient, refusals = letter(SENDER, links=8), self._bench.recipient(), []
            while True:
                try:
                    with self._bench.client() as connection:
                        connection.mail(SENDER, [recipient], message)
                    break
                except smtp.Refused as refusal:
                    assert refusal.code // 100 == 4, refusal
                    refusals.append(refusal)
            self.sent.append((recipient, message, refusals))


def test_restarts_under_load(bench):
    """Restarts and crashes under load, the socket held by systemd: no letter is lost, doubled or left half-way, no connection refused"""
    signpost = bench.signpost()
    logged = len(bench.mta.log.read_text(errors="replace"))
    with systemd.socket_unit(signpost) as start:
        try:
            signpost.start(**start)
            with _Load(bench, clients=6) as load:
                for end in (signpost.stop, signpost.kill, signpost.stop, signpost.kill):
                    before = len(load.sent)
                    deadline = time.monotonic() + 30
                    while len(load.sent) < before + 20 and time.monotonic() < deadline:
                        time.sleep(0.02)
                    if end() not in (None, 0):
                        raise AssertionError(f"exit {signpost.process.returncode}:\n{signpost.text()}")
                    time.sleep(0.2)
                    signpost.start(**start)
                load.finish()
        finally:
            signpost.__exit__()
    assert f"listening on fd:3, unix:{signpost.milter} (Postfix: smtpd_milters = unix:{signpost.milter})" in signpost.text()
    assert len(load.sent) >= 80, f"{len(load.sent)} letters in all"
    for recipient, message, refusals in load.sent:
        # At most once for each of the crashes, and where a restart came between connecting and MAIL.
        assert len(refusals) <= 4, [str(refusal) for refusal in refusals]
        assert bench.delivered(recipient) == moved(message), recipient
    log = bench.mta.log.read_text(errors="replace")[logged:]
    unreached = [line for line in log.splitlines() if "connect to Milter service" in line]
    assert not unreached, "\n".join(unreached[:5])
