"""Messages that are large, in one way or another."""

import base64

from tests.letters import letter, moved

SENDER = "news@acme.example"


def _page(links):
    return b"<html><body>\r\n" + b"".join(
        b'<p>Offer %d: <a href="https://track.relay.example/c/%d?m=1&amp;r=2">see</a></p>\r\n' % (k, k) for k in range(links)
    ) + b"</body></html>\r\n"


def test_twenty_megabytes(bench):
    """A message of 20 MB, with links before and after its attachment"""
    attachment = base64.encodebytes(bytes(range(256)) * 57_000).replace(b"\n", b"\r\n")
    head = letter(SENDER, links=0)[:-2].replace(
        b"\r\nDate:", b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"mix\"\r\nDate:")
    message = (
        head + b"\r\n--mix\r\nContent-Type: text/html\r\n\r\n" + _page(2000)
        + b"\r\n--mix\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=\"a.zip\"\r\n\r\n" + attachment
        + b"\r\n--mix\r\nContent-Type: text/plain\r\n\r\nThe end: https://track.relay.example/u/1\r\n\r\n--mix--\r\n")
    assert len(message) > 20_000_000, len(message)
    with bench.signpost() as signpost:
        queue_id, got = bench.mail(SENDER, message)
        assert got == moved(message)
        assert "rewritten=2001 " in signpost.lines_of(queue_id)[0]


def test_one_large_page(bench):
    """A page of 20 MB with a hundred links"""
    message = letter(SENDER, links=0).replace(b"\r\nDate:", b"\r\nContent-Type: text/html\r\nDate:")
    filler = b"<p>Nothing but words, and many of them.</p>\r\n" * 5000
    message += b"".join(_page(1) + filler for _ in range(100))
    assert len(message) > 20_000_000, len(message)
    with bench.signpost():
        assert bench.mail(SENDER, message)[1] == moved(message)


def test_long_lines(bench):
    """Lines beyond every limit pass, and their links stay or move without a line growing past 998"""
    long = b"x" * 3000 + b" https://track.relay.example/c/1 " + b"y" * 3000 + b"\r\n"
    near = b"z" * 960 + b" https://track.relay.example/c/2\r\n"
    message = letter(SENDER, body=near + long)
    with bench.signpost():
        got = bench.mail(SENDER, message)[1]
    lines = got.replace(b"//click.acme.example/", b"//track.relay.example/").split(b"\r\n")
    assert [line.strip() for line in lines if len(line) > 998] == [long.strip()]
    assert got.replace(b"//click.acme.example/", b"//track.relay.example/").split() == message.split()
