"""An SMTP client that sends the bytes it is given, and nothing else."""

import base64
import re
import socket


class Refused(Exception):
    """The server's answer was not the one hoped for."""

    def __init__(self, command, code, text):
        super().__init__(f"{command}: {code} {text}")
        self.command, self.code, self.text = command, code, text


def wire(message):
    """A message as it goes over the wire: a file with LF line ends gets CRLF, one with CRLF stays as it is."""
    return message if b"\r\n" in message else message.replace(b"\n", b"\r\n")


def stuffed(content):
    """Content ready for DATA: leading dots doubled, and the final dot. A last line without its end gets one."""
    if content.startswith(b"."):
        content = b"." + content
    content = content.replace(b"\r\n.", b"\r\n..")
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


class Client:
    """One connection. `source` is the address it comes from, for real, where the machine has it; XCLIENT gives others."""

    def __init__(self, port, source="127.0.0.1", timeout=120, host="127.0.0.1"):
        self._socket = socket.create_connection((host, port), timeout, (source, 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self.expect("connect", 2)
        self.hello()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.command("QUIT")
        except (OSError, Refused):
            pass
        self.close()

    def close(self):
        self._lines.close()
        self._socket.close()

    def answer(self):
        """The server's next answer as (code, text)."""
        texts = []
        while True:
            line = self._lines.readline().decode("utf-8", "replace").rstrip("\r\n")
            if not line:
                raise Refused("read", 0, "the server closed the connection")
            texts.append(line[4:])
            if line[3:4] != "-":
                return int(line[:3]), "\n".join(texts)

    def expect(self, command, kind):
        code, text = self.answer()
        if code // 100 != kind:
            raise Refused(command, code, text)
        return text

    def send(self, data):
        """Bytes, as they are."""
        self._socket.sendall(data)

    def command(self, line, kind=2):
        self.send(line.encode() + b"\r\n")
        return self.expect(line, kind)

    def hello(self):
        self.capabilities = self.command("EHLO client.example").upper().split("\n")

    def claim(self, **attributes):
        """XCLIENT: be someone else, e.g. `claim(ADDR="192.0.2.1")`. The server then greets anew."""
        self.command("XCLIENT " + " ".join(f"{name}={value}" for name, value in attributes.items()))
        self.hello()

    def login(self, name):
        """AUTH PLAIN with the name as its own password, which the harness's SASL server accepts."""
        self.command("AUTH PLAIN " + base64.b64encode(f"\0{name}\0{name}".encode()).decode())

    def envelope(self, sender, recipients):
        """MAIL FROM and RCPT TO; DATA may follow."""
        # The body is declared 8bit whatever it is: the MTA then has no reason to change it.
        utf8 = "" if sender.isascii() else " SMTPUTF8"
        self.command(f"MAIL FROM:<{sender}> BODY=8BITMIME{utf8}")
        for recipient in recipients:
            self.command(f"RCPT TO:<{recipient}>")

    def content(self, message):
        """DATA and the message. Returns the queue id."""
        self.command("DATA", 3)
        self.send(stuffed(wire(message)))
        return self.queue_id()

    def queue_id(self):
        text = self.expect("end of DATA", 2)
        return re.search(r"queued as (\w+)|(\w+) Message accepted", text).expand(r"\1\2")

    def mail(self, sender, recipients, message):
        """A whole message in one step. Returns the queue id."""
        self.envelope(sender, recipients)
        return self.content(message)
