"""What the log says, and how."""

import os
import re
import socket
import subprocess

from skipped import Skipped
from tests.letters import letter

ONLY_WITH = "postfix"  # the same with any MTA

SENDER = "news@acme.example"


def _debug(signpost):
    signpost.config.write_text(signpost.config.read_text().replace("level: info", "level: debug"))


def test_start(bench):
    """The start names the version, the plugins, the number of senders, and the socket in both notations"""
    with bench.signpost() as signpost:
        said = signpost.text_with("listening on ")
        assert re.search(r"signpost \d+\.\d+\.\d+ starting: senders=5 plugins=click-tracking 1\.0\.0, ", said), said
        assert f"listening on unix:{signpost.milter} (Postfix: smtpd_milters = unix:{signpost.milter})" in said, said


def test_line(bench):
    """One line per message, queue id first, with what moved and what stayed"""
    with bench.signpost() as signpost:
        queue_id, _ = bench.mail(SENDER, letter(SENDER, links=3))
        lines = signpost.lines_of(queue_id)
        assert len(lines) == 1, lines
        assert re.fullmatch(
            r"sender=acme domain=click\.acme\.example rewritten=3 \(click-tracking=3\) left=0 size=\d+ time=\d+\.\dms",
            lines[0]), lines
        queue_id, _ = bench.mail("x@nobody.example", letter("x@nobody.example"))
        assert signpost.lines_of(queue_id) == [
            "unchanged: no sender for <x@nobody.example> (login none, client 127.0.0.1)"], signpost.text()


def test_debug(bench):
    """log.level debug explains who, where to, and what became of each link, without a URL"""
    with bench.signpost(edit=_debug) as signpost:
        queue_id, _ = bench.mail(SENDER, letter(SENDER, links=2))
        lines = signpost.lines_of(queue_id)
        assert lines[:5] == [
            "MAIL FROM <news@acme.example>, login none, client 127.0.0.1",
            "outbound: client 127.0.0.1 is in 127.0.0.1/32",
            "sender: login finds nobody; envelope_from finds acme",
            "domain_check: off, every domain counts as verified",
            "domain: click.acme.example, the tracking_domain of sender acme"], lines
        link = "link in 1 text: moved by click-tracking from track.relay.example to click.acme.example"
        assert lines[5:7] == [link, link] and lines[7].startswith("sender=acme "), lines
        assert "://" not in "".join(lines), lines


def test_control_characters(bench):
    """Control characters in what a sender wrote do not reach the log"""
    with bench.signpost() as signpost:
        message = b"X-Tracking-Domain: red\x1b[31m\x07\xc2\x9b\r\n" + letter(SENDER)
        queue_id, _ = bench.mail(SENDER, message)
        lines = signpost.lines_of(queue_id)
        assert "X-Tracking-Domain is ignored" in lines[0], lines
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", signpost.text()), repr(signpost.text())


def test_journal(bench):
    """Lines to the journal carry their priority; others on standard error do not"""
    with bench.signpost() as signpost:
        assert not re.search(r"^<\d>", signpost.text(), re.MULTILINE), signpost.text()
        signpost.stop()
        signpost.log.write_text("")
        status = signpost.log.stat()
        stream = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        signpost.start(environment={**os.environ, **stream})
        queue_id, _ = bench.mail(SENDER, b"X-Tracking-Domain: other.example\r\n" + letter(SENDER))
        assert len(signpost.lines_of(queue_id)) == 2, signpost.text()
        said = signpost.text()
        assert re.search(r"^<6>signpost \S+ starting", said, re.MULTILINE), said
        assert re.search(rf"^<4>{queue_id}: X-Tracking-Domain is ignored", said, re.MULTILINE), said
        assert re.search(rf"^<6>{queue_id}: sender=acme", said, re.MULTILINE), said


#: Runs a program with a socket of ours as /dev/log, in a mount namespace of its own.
_WITH_LOG = """#!/bin/sh
exec unshare --mount sh -ec 'mount -t tmpfs none /dev; ln -s "$0" /dev/log; exec "$@"' {socket} {program} "$@"
"""


def _to_syslog(bench):
    """A filter that logs to syslog, and where its /dev/log leads to."""
    def edit(signpost):
        signpost.config.write_text(signpost.config.read_text().replace("to: stderr", "to: syslog"))

    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        raise Skipped("no mount namespaces")
    signpost = bench.signpost(edit=edit)
    path, script = signpost.folder / "syslog.sock", signpost.folder / "with-log"
    script.write_text(_WITH_LOG.format(socket=path, program=bench.program))
    script.chmod(0o755)
    signpost.program = script
    return signpost, path


def test_syslog(bench):
    """To syslog go the facility mail, the usual priorities, the name and the process id"""
    signpost, path = _to_syslog(bench)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(path))
        log.settimeout(10)
        with signpost:
            bench.mail(SENDER, b"X-Tracking-Domain: other.example\r\n" + letter(SENDER))
            (signpost.senders / "acme.yaml").write_text("nonsense: 1\n")
            bench.command("reload", "--config", signpost.config)
            heard = []
            while not any("reload: done" in line for line in heard):
                heard.append(log.recv(65536).decode())
            mail, pid = 2 << 3, signpost.process.pid
            for severity, line in ((6, "starting: "), (4, "X-Tracking-Domain is ignored"), (6, "sender=acme "),
                                   (3, "acme.yaml:1:1: error")):
                found = [h for h in heard if line in h]
                assert found and all(
                    re.match(rf"<{mail | severity}>\w+ +\d+ [\d:]+ signpost\[{pid}\]: ", h) for h in found), heard
        assert not signpost.text(), signpost.text()


def test_no_syslog(bench):
    """Without a syslog daemon the lines go to standard error, with what to do; one that comes later gets them, too"""
    signpost, path = _to_syslog(bench)
    with signpost:
        said = signpost.text_with("listening on ")
        assert "no syslog daemon listens at /dev/log: No such file or directory; start one, or set log: { to: stderr }" in said, said
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(str(path))
            log.settimeout(10)
            queue_id, _ = bench.mail(SENDER, letter(SENDER))
            assert f"{queue_id}: sender=acme " in log.recv(65536).decode()
        assert f"{queue_id}: sender=acme " in signpost.text(), signpost.text()
