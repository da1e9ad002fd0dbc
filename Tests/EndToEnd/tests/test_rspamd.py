"""Another milter beside us: rspamd, before Signpost as filters that refuse mail should be, and behind it."""

import opendkim
from mta import smtp
from rspamd import Rspamd
from skipped import Skipped
from tests.letters import letter, moved

ONLY_WITH = "postfix"
SENDER = "news@acme.example"


def _message():
    return letter(SENDER, links=3)


def test_before(bench):
    """rspamd, Signpost, OpenDKIM: rspamd sees the message as it came; what is delivered is rewritten, and verifies"""
    if not opendkim.PROGRAM or not opendkim.GENKEY:
        raise Skipped("opendkim or opendkim-tools is not installed")
    folder = bench.mta.dkim
    with Rspamd(bench.mta.folder / "queue/rspamd") as rspamd, bench.signpost(), opendkim.OpenDKIM(folder), \
            opendkim.OpenDKIM(folder, "v"):
        message = _message()
        recipient = bench.recipient()
        with bench.client(port="scanned-first") as connection:
            queue_id = connection.mail(SENDER, [recipient], message)
        delivered = bench.sink.wait_for(recipient).content
        assert delivered.endswith(moved(message).split(b"\r\n\r\n", 1)[1]), delivered
        assert "MOVED" not in rspamd.saw(queue_id)
        with bench.client(port="verified") as connection:
            again = bench.recipient()
            connection.mail(SENDER, [again], delivered)
        assert opendkim.verdict(bench.sink.wait_for(again).content) == "pass"


def test_behind(bench):
    """Signpost, rspamd: rspamd sees the links where they are delivered"""
    with Rspamd(bench.mta.folder / "queue/rspamd") as rspamd, bench.signpost():
        message = _message()
        queue_id, delivered = bench.mail(SENDER, message, port="scanned-second")
        assert delivered == moved(message)
        assert "MOVED" in rspamd.saw(queue_id)


def test_gone(bench):
    """rspamd away: what the MTA does then is not ours to decide, and nothing is half done"""
    with bench.signpost():
        try:
            bench.mail(SENDER, _message(), port="scanned-second")
            raise AssertionError("delivered although rspamd is not there")
        except smtp.Refused as refused:
            assert refused.code == 451, refused
