"""OpenDKIM behind Signpost, as operators run it, and before it, as they should not."""

import re

import opendkim
from bench import HERE
from mta import smtp
from skipped import Skipped

CAMPAIGN = HERE / "campaigns/acme.eml"
#: One of each transfer encoding, and what is odd. Sendmail itself closes a multipart that is cut off, after all filters.
MESSAGES = [CAMPAIGN] + [HERE / f"scenarios/{name}/message.eml" for name in (
    "encoding-7bit", "encoding-8bit", "encoding-quoted-printable", "encoding-base64", "list-headers",
    "odd-bytes-beside-a-link", "no-closing-boundary")]


def _need_opendkim():
    if not opendkim.PROGRAM or not opendkim.GENKEY:
        raise Skipped("opendkim or opendkim-tools is not installed")


def _send(bench, port, message):
    """What the recipient got, all of it."""
    recipient = bench.recipient()
    with bench.client(port=port) as connection:
        connection.mail("news@acme.example", [recipient], message)
    return bench.sink.wait_for(recipient, 30).content


def _body(content):
    return content.split(b"\r\n\r\n", 1)[1]


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


def _signs_what_we_deliver(bench, canonicalization):
    _need_opendkim()
    folder = bench.mta.dkim
    with bench.signpost(), opendkim.OpenDKIM(folder, "s", canonicalization), opendkim.OpenDKIM(folder, "v"):
        moved = 0
        for path in MESSAGES[:-1] if bench.mta.name == "sendmail" else MESSAGES:
            message = smtp.wire(path.read_bytes())
            _, expected = bench.mail("news@acme.example", message)
            delivered = _send(bench, "signed", message)
            assert b"\r\nDKIM-Signature: " in b"\r\n" + delivered, f"{path}: is not signed"
            assert _body(delivered) == _body(expected), f"{path}: the signer changed the body"
            moved += b"click.acme.example" in delivered
            _check_signature(bench, folder, delivered, path)
        assert moved >= 5, f"only {moved} messages had links that moved"


def test_simple(bench):
    """What Signpost rewrote and OpenDKIM signed after it verifies, simple/simple"""
    _signs_what_we_deliver(bench, "simple/simple")


def test_relaxed(bench):
    """What Signpost rewrote and OpenDKIM signed after it verifies, relaxed/relaxed"""
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
