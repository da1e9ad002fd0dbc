"""OpenDKIM behind Signpost, as operators run it, and before it, as they should not."""

import re

import opendkim
import scenario
from bench import HERE
from mta import smtp
from skipped import Skipped

CAMPAIGN = HERE / "campaigns/acme.eml"


def _need_opendkim():
    if not opendkim.PROGRAM or not opendkim.GENKEY:
        raise Skipped("opendkim or opendkim-tools is not installed")


def _send(bench, port, message, sender="news@acme.example", **how):
    """What the recipient got, all of it."""
    recipient = bench.recipient()
    with bench.client(port, **how) as connection:
        connection.mail(sender, [recipient], message)
    return bench.sink.wait_for(recipient, 30).content


def _body(content):
    return content.partition(b"\r\n\r\n")[2]


def _check_signature(bench, folder, delivered, what):
    # Not `opendkim -t`: that reads fields whose first line is empty otherwise than the milter does.
    found = opendkim.verdict(_send(bench, "verified", delivered))
    assert found == "pass", f"{what}: OpenDKIM finds: {found}"
    python = opendkim.dkimpy()
    assert not python or opendkim.is_good_to_dkimpy(python, folder, delivered), f"{what}: dkimpy finds it bad"
    # A verifier that accepts all would accept this.
    broken = re.sub(rb"(track|click)(?=\.(relay|acme)\.example/)", b"Track", delivered)
    if broken != delivered:
        found = opendkim.verdict(_send(bench, "verified", broken))
        assert found == "fail", f"{what}: OpenDKIM finds of a changed message: {found}"


def _mails_of(told, mta):
    """The mails of a scenario that can be sent to the signer's port: not those that the MTA changes after it."""
    if mta not in told.not_with:
        for mail in told.mails:
            if not {"port", "submit"} & set(mail) and not (mta == "sendmail" and mta in mail.get("changed_by", [])):
                yield mail


def _signs_what_we_deliver(bench, canonicalization):
    _need_opendkim()
    folder = bench.mta.dkim
    moved = 0
    with opendkim.OpenDKIM(folder, "s", canonicalization), opendkim.OpenDKIM(folder, "v"):
        for told in scenario.all_in(HERE / "scenarios"):
            with bench.signpost(*told.configuration):
                for mail in _mails_of(told, bench.mta.name):
                    what = f"{told.name}/{mail['message']}"
                    message = smtp.wire((told.folder / mail["message"]).read_bytes())
                    how = {key: mail[key] for key in scenario.HOW if key in mail}
                    expected = bench.mail(mail["from"], message, **how)[1]
                    delivered = _send(bench, "signed", message, mail["from"], **how)
                    if not re.search(rb"^From:", message, re.MULTILINE | re.IGNORECASE):
                        continue  # OpenDKIM doesn't know for whom
                    assert b"\r\nDKIM-Signature: " in b"\r\n" + delivered, f"{what}: is not signed"
                    assert _body(delivered) == _body(expected), f"{what}: the signer changed the body"
                    moved += delivered.count(b"click.acme.example") > message.count(b"click.acme.example")
                    _check_signature(bench, folder, delivered, what)
    assert moved >= 15, f"only {moved} messages had links that moved"


def test_simple(bench):
    """What Signpost rewrote and OpenDKIM signed after it verifies for every scenario, simple/simple"""
    _signs_what_we_deliver(bench, "simple/simple")


def test_relaxed(bench):
    """What Signpost rewrote and OpenDKIM signed after it verifies for every scenario, relaxed/relaxed"""
    _signs_what_we_deliver(bench, "relaxed/relaxed")


def test_wrong_order(bench):
    """A signer before Signpost: the message goes out as signed, links and all, and verifies"""
    _need_opendkim()
    folder = bench.mta.dkim
    message = smtp.wire(CAMPAIGN.read_bytes())
    with bench.signpost() as signpost, opendkim.OpenDKIM(folder), opendkim.OpenDKIM(folder, "v"):
        delivered = _send(bench, "signed-first", message)
        assert _body(delivered) == _body(message) and b"track.relay.example" in delivered
        assert b"DKIM-Signature" in delivered, "is not signed"
        _check_signature(bench, folder, delivered, CAMPAIGN)
        assert re.search(r": unchanged: already signed \(DKIM-Signature\), and a change would break the signature$",
                         signpost.text(), re.MULTILINE), signpost.text()
