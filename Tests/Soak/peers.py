"""MTAs that behave badly, each a thread that does it again and again."""

import random
import socket
import threading
import time

import letters
from mta.milter import Milter

FIELDS = [(b"From", b" news@acme.example"), (b"Content-Type", b" text/html")]
SENDER = b"<news@acme.example>"
LINE = b'<p><a href="https://track.relay.example/c/1">see</a></p>\r\n'


class Peer(threading.Thread):
    """Calls `once` until told to end. What the filter's death does to a connection is no error."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.times, self.wrong = path, 0, []
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            try:
                self.once()
                self.times += 1
            except OSError:  # timeouts included
                self.ends.wait(0.1)
            except Exception as error:
                self.wrong.append(f"{type(self).__name__}: {error!r}")
                self.ends.wait(0.1)


class Cutter(Peer):
    """Hangs up at some step of the protocol, each in its turn."""

    STEPS = (
        lambda milter: milter.step(b"M", SENDER + b"\0"),
        lambda milter: milter.step(b"L", b"From\0 news@acme.example\0"),
        lambda milter: milter.step(b"N"),
        lambda milter: milter.step(b"B", LINE * 1000),
        lambda milter: milter.say(b"E"),
        lambda milter: milter.raw(b"\0\0\1\0B half a packet"),
    )

    def once(self):
        with Milter(self.path) as milter:
            for step in self.STEPS[:self.times % (len(self.STEPS) + 1)]:
                step(milter)
        self.ends.wait(0.02)


class Nonsense(Peer):
    """Says what no MTA says: unknown commands, lengths that can't be, bytes at random."""

    def once(self):
        with Milter(self.path) as milter:
            choice = random.choice((b"Z", b"\0", b"M", b"C", b"D", b"L"))
            milter.say(choice, random.randbytes(random.randrange(200)))
            milter.raw(random.randbytes(random.randrange(50)))
        self.ends.wait(0.05)


class Dead(Peer):
    """Falls silent in the middle of a body, for good as far as the filter can see."""

    def once(self):
        with Milter(self.path) as milter:
            if milter.begin(SENDER, FIELDS, LINE * 20_000):
                self.ends.wait(30)


class Deaf(Peer):
    """Does not read what it is told at the end of the message."""

    def once(self):
        with Milter(self.path) as milter:
            if milter.begin(SENDER, FIELDS, LINE * 20_000):
                milter.say(b"E")
                self.ends.wait(20)


class Slow(Peer):
    """Sends a body in small pieces, with pauses, and reads as slowly."""

    def once(self):
        body = LINE * 40
        with Milter(self.path, timeout=30) as milter:
            if not milter.begin(SENDER, FIELDS, b""):
                return
            for start in range(0, len(body), 101):
                milter.step(b"B", body[start:start + 101])
                time.sleep(0.05)
            got = milter.end()
        if got not in (None, body.replace(letters.DEFAULT, letters.ACME)):
            self.wrong.append("Slow: a body that is neither")


class Scraper(Peer):
    """No MTA: Prometheus, in a hurry."""

    def once(self):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(self.path))
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: signpost\r\n\r\n")
            answer = client.recv(4096)
        # A filter that ends says nothing.
        if answer and not answer.startswith(b"HTTP/1.1 200 "):
            self.wrong.append(f"Scraper: {answer[:100]!r}")
        self.ends.wait(0.5)


ALL = [Cutter, Cutter, Nonsense, Dead, Dead, Dead, Deaf, Deaf, Slow, Slow]
