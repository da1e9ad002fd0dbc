"""`signpost reload`: what it answers, and how it ends."""

import pathlib
import socket
import stat
import subprocess
import time

from skipped import Skipped
from tests.letters import ACME, letter, moved

ONLY_WITH = "postfix"  # the same with any MTA

SENDER = "news@acme.example"
NEW = b"//new.acme.example/"


def _reload(bench, signpost):
    """Returns (exit status, what it said)."""
    done = bench.command("reload", "--config", signpost.config)
    return done.returncode, (done.stdout + done.stderr).decode()


def _acme(signpost, domain, more=""):
    (signpost.senders / "acme.yaml").write_text(f'addresses: ["@acme.example"]\ntracking_domain: {domain}\n{more}')


def _delivers(bench, domain):
    """Whether acme's links move to the domain, at once."""
    message = letter(SENDER)
    assert bench.mail(SENDER, message)[1] == moved(message, domain)


def _control(signpost):
    return pathlib.Path(f"{signpost.milter}.control")


def test_answer(bench):
    """It waits until the new files are in use, and counts them"""
    with bench.signpost() as signpost:
        senders = len(list(signpost.senders.glob("*.yaml")))
        time.sleep(0.1)  # what was written a moment ago is read again, to be sure
        status, said = _reload(bench, signpost)
        assert status == 0 and f"senders={senders}, " in said and "errors=0" in said, said
        _acme(signpost, "new.acme.example")
        (signpost.senders / "linden.yaml").unlink()
        status, said = _reload(bench, signpost)
        assert status == 0 and f"senders={senders - 1}, read=1, removed=1, errors=0" in said, said
        _delivers(bench, NEW)


def test_last_good(bench):
    """A broken file: 78, its place, and its last good version in use until it is mended, while `check` is plain"""
    with bench.signpost() as signpost:
        _acme(signpost, "new.acme.example", "nonsense: 1\n")
        for _ in range(2):
            status, said = _reload(bench, signpost)
            assert status == 78, f"exit {status}: {said}"
            assert "acme.yaml:3:1: error: unknown key `nonsense`" in said, said
            assert "; the last good version stays in use\n" in said and "errors=1" in said, said
            _delivers(bench, ACME)
        assert "; the last good version stays in use" in signpost.text(), signpost.text()
        check = bench.command("check", "--config", signpost.config)
        assert check.returncode == 78 and b"acme.yaml:3:1: error" in check.stderr, check.stderr
        assert b"last good" not in check.stderr, check.stderr
        _acme(signpost, "new.acme.example", "plugins: { click-tracking: { paths: 7, off: 1 } }\n")
        status, said = _reload(bench, signpost)
        assert status == 78 and "acme.yaml:3:" in said and "stays in use" in said, said
        _delivers(bench, ACME)
        _acme(signpost, "new.acme.example")
        assert _reload(bench, signpost)[0] == 0
        _delivers(bench, NEW)


def test_address_of_another(bench):
    """An address that somebody else's file claims stays where it was; the answer names both places"""
    with bench.signpost() as signpost:
        _acme(signpost, "click.acme.example")
        assert _reload(bench, signpost)[0] == 0
        (signpost.senders / "aaa.yaml").write_text('tracking_domain: x.example\naddresses: ["@acme.example"]\n')
        status, said = _reload(bench, signpost)
        assert status == 78 and "aaa.yaml:2:13: error: " in said and "acme.yaml:1:13" in said, said
        _delivers(bench, ACME)


def test_broken_main_file(bench):
    """A broken main file: 78, and nothing changes"""
    with bench.signpost() as signpost:
        whole = signpost.config.read_text()
        signpost.config.write_text(whole + "no_such_key: 1\n")
        _acme(signpost, "new.acme.example")
        status, said = _reload(bench, signpost)
        assert status == 78 and "unknown key `no_such_key`" in said and "as it was" in said, said
        _delivers(bench, ACME)
        signpost.config.write_text(whole.replace("on_error: accept", "") + "trace_header: on\n")
        status, said = _reload(bench, signpost)
        assert status == 0 and "restart is needed" in said and "trace_header" in said, said
        _delivers(bench, NEW)


def test_quiet(bench):
    """--quiet prints nothing that is in the log anyway; the exit status is the same, and who is not there is said"""
    with bench.signpost() as signpost:
        command = ["reload", "--quiet", "--config", signpost.config]
        done = bench.command(*command)
        assert done.returncode == 0 and not done.stdout + done.stderr, done
        _acme(signpost, "new.acme.example", "nonsense: 1\n")
        done = bench.command(*command)
        assert done.returncode == 78 and not done.stdout + done.stderr, done
        assert "unknown key `nonsense`" in signpost.text(), signpost.text()
    done = bench.command(*command)
    assert done.returncode == 69 and b"no filter answers" in done.stderr, done


def test_nobody_there(bench):
    """No filter: 69, and the socket that was tried"""
    signpost = bench.signpost()
    status, said = _reload(bench, signpost)
    assert status == 69 and str(_control(signpost)) in said, f"exit {status}: {said}"


def test_control_setting(bench):
    """`control:` puts the socket elsewhere; it is the owner's alone, and goes with the filter"""
    def elsewhere(signpost):
        signpost.config.write_text(signpost.config.read_text() + "control: unix:control.sock\n")

    signpost = bench.signpost(edit=elsewhere)
    place = signpost.folder / "control.sock"
    with signpost:
        assert stat.S_IMODE(place.stat().st_mode) == 0o600 and not _control(signpost).exists()
        assert _reload(bench, signpost)[0] == 0
    assert not place.exists()
    with signpost:
        signpost.kill()
        assert place.exists()
        signpost.start()
        assert _reload(bench, signpost)[0] == 0, "a socket that was left over is in the way"


def test_no_place_for_the_socket(bench):
    """Without a place for the control socket the filter serves, and says how to give it one"""
    def nowhere(signpost):
        signpost.config.write_text(signpost.config.read_text() + "control: /nonexistent/control.sock\n")

    with bench.signpost(edit=nowhere) as signpost:
        _delivers(bench, ACME)
        assert "/nonexistent/control.sock" in signpost.text() and "`control:`" in signpost.text(), signpost.text()


def test_bad_clients(bench):
    """Clients that say nothing, nonsense or too much hold up nobody"""
    with bench.signpost() as signpost:
        path = str(_control(signpost))
        silent = [socket.socket(socket.AF_UNIX) for _ in range(6)]
        for client in silent:
            client.connect(path)
        for words, answer in ((b"dance\n", b"unknown command; expected one of reload, stats\nend 64\n"), (b"x" * 5000, b"")):
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(10)
                client.connect(path)
                try:
                    client.sendall(words)
                    said = b"".join(iter(lambda: client.recv(4096), b""))
                except (ConnectionResetError, BrokenPipeError):
                    said = b""
                assert said == answer, said
        began = time.monotonic()
        assert _reload(bench, signpost)[0] == 0
        assert time.monotonic() - began < 4, "the silent ones held it up"
        _delivers(bench, ACME)
        for client in silent:
            client.settimeout(10)
            assert client.recv(1) == b"", "a client that says nothing is sent away"
            client.close()


def test_another_user(bench):
    """Nobody but root and the filter's own user gives it commands, whatever the mode of the socket"""
    with bench.signpost() as signpost:
        _control(signpost).chmod(0o777)
        command = [bench.program, "stats", "--config", signpost.config]
        assert b"essages" in subprocess.run(command, capture_output=True, timeout=30).stdout
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=30, user="nobody", group="nogroup", extra_groups=[])
        except PermissionError:
            raise Skipped(f"user nobody may not run {bench.program}") from None
        assert done.returncode and not done.stdout, done
        assert _control(signpost).name.encode() in done.stderr, done
