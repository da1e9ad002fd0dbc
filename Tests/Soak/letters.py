"""The messages of the soak: what is sent, and what has to come of it."""

import base64
import quopri
import random

DEFAULT, ACME = b"//track.relay.example/", b"//click.acme.example/"
LINKS = {"many": 40, "none": 0, "odd": 3}


def _page(links, size, path):
    words = random.Random(size).choices("the of a reader letter offer from today see more here and".split(), k=size // 5)
    rows, step = [], max(1, len(words) // max(links, 1))
    for k in range(0, len(words), step):
        url = f'<a href="https://track.relay.example/{path}/{k}?m=1&amp;r=2">see</a>' if links else "see"
        text = " ".join(words[k:k + step])
        rows += [text[at:at + 70] for at in range(0, len(text), 70)] + [url]
    return ("<html><body>\r\n" + "\r\n".join(f"<p>{row}</p>" for row in rows) + "\r\n</body></html>\r\n").encode()


def _encoded(content, encoding):
    if encoding == "base64":
        return base64.encodebytes(content).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return content


def message(links, size, encoding, path="c"):
    """A mail of HTML of about `size` bytes, with a line of text behind it in which an id has room."""
    return (
        b"From: news@acme.example\r\nTo: reader@inbox.example\r\nSubject: soak\r\nMIME-Version: 1.0\r\n"
        b"Date: Thu, 09 Apr 2026 07:30:00 +0200\r\nContent-Type: multipart/mixed; boundary=soak\r\n\r\n"
        b"--soak\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n"
        + _encoded(_page(links, size, path), encoding) + b"\r\n--soak--\r\n")


def all_messages():
    """Mails of 100 KB, one without links, one whose links the odd plugin takes, and a large one."""
    encodings = ("8bit", "quoted-printable", "base64")
    mails = [message(40, 100_000 if encoding != "base64" else 75_000, encoding) for encoding in encodings] * 6
    return mails + [message(0, 100_000, "8bit"), message(3, 20_000, "8bit", "x"), message(400, 5_000_000, "8bit")]
