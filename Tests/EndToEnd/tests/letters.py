"""Messages made on the spot."""

import itertools

_numbers = itertools.count(1)
DEFAULT, ACME, LINDEN = b"//track.relay.example/", b"//click.acme.example/", b"//go.linden.example/"


def letter(sender, links=1, body=b""):
    """A small letter, different each time, with some links."""
    number = next(_numbers)
    lines = [
        f"From: {sender}", "To: reader@inbox.example", f"Subject: letter {number}",
        "Date: Thu, 09 Apr 2026 07:30:00 +0200", f"Message-ID: <letter-{number}@app.relay.example>", "",
        *(f"Link {k}: https://track.relay.example/c/{number}-{k}?r=1&s=2 and on." for k in range(links)), ""]
    return "\r\n".join(lines).encode() + body


def moved(message, domain=ACME):
    """The letter as it has to be delivered."""
    return message.replace(DEFAULT, domain)
