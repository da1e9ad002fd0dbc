"""An SMTP server that takes every message and keeps it exactly as it was sent."""

import dataclasses
import socketserver
import threading
import time


@dataclasses.dataclass
class Delivery:
    """One message as the MTA delivered it: the bytes between DATA and the final dot, dot-stuffing undone."""
    sender: str
    recipients: list
    content: bytes


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        sender, recipients = None, []
        self.say("220 sink.example ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 0")
            elif verb == b"MAIL":
                sender, recipients = _path(line), []
                self.say("250 ok")
            elif verb == b"RCPT":
                recipients.append(_path(line))
                self.say("250 ok")
            elif verb == b"DATA":
                self.say("354 go on")
                content = self.content()
                if content is None:
                    return
                self.server.keep(Delivery(sender, recipients, content))
                self.say("250 ok")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            elif verb in (b"HELO", b"RSET", b"NOOP"):
                self.say("250 ok")
            else:
                self.say("502 what?")

    def content(self):
        """The lines up to the final dot; None where the client is gone before."""
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        return None


def _path(line):
    return line[line.index(b"<") + 1:line.index(b">")].decode("utf-8", "surrogateescape")


class Sink(socketserver.ThreadingTCPServer):
    """Listens on a free loopback port; `deliveries` are in the order in which they were complete."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.port = self.server_address[1]
        self.deliveries = []
        self._arrived = threading.Condition()

    def handle_error(self, request, client_address):
        pass  # the MTA was stopped in the middle of a sentence

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def keep(self, delivery):
        with self._arrived:
            self.deliveries.append(delivery)
            self._arrived.notify_all()

    def to(self, recipient):
        """All deliveries to this recipient so far."""
        return [d for d in list(self.deliveries) if recipient in d.recipients]

    def wait_for(self, recipient, seconds=30):
        """The delivery to this recipient, waited for. Two of them are an error, none in time another."""
        end = time.monotonic() + seconds
        with self._arrived:
            while not (found := self.to(recipient)):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"nothing was delivered to {recipient} within {seconds} s")
                self._arrived.wait(left)
        if len(found) > 1:
            raise AssertionError(f"{recipient} got {len(found)} copies")
        return found[0]
