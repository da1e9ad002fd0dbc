"""The MTA's side of the milter protocol (version 6), as far as a message needs it."""

import socket
import struct

ALL_ACTIONS, ALL_STEPS = 0x1FF, 0x1FFFFF
NO_REPLY = {b"L": 0x80, b"C": 0x1000, b"M": 0x4000, b"N": 0x40000, b"B": 0x80000}
VERDICTS = b"acdrty"
CHUNK = 65535


class Milter:
    """A connection to a filter, from 127.0.0.1 as the filter is told."""

    def __init__(self, path, timeout=10):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        self._socket.connect(str(path))
        self._input = self._socket.makefile("rb")
        self._steps = 0
        self._send(b"O", struct.pack(">III", 6, ALL_ACTIONS, ALL_STEPS))
        kind, data = self._receive()
        assert kind == b"O", kind
        self._steps = struct.unpack(">III", data[:12])[2]
        assert self._ask(b"C", b"localhost\x004\x12\x34127.0.0.1\0") == b"c"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._input.close()
        self._socket.close()

    def message(self, sender, fields, body):
        """Send a message; `fields` are pairs of bytes. Returns the body as the filter leaves it."""
        return (self.begin(sender, fields, body) and self.end()) or body

    def begin(self, sender, fields, body):
        """Send a message up to its end; whether the filter wants to know of that."""
        if self._ask(b"M", sender + b"\0") != b"c":
            return False
        for name, value in fields:
            self._ask(b"L", name + b"\0" + value + b"\0")
        if self._ask(b"N") != b"c":
            return False
        for start in range(0, len(body), CHUNK):
            self._ask(b"B", body[start:start + CHUNK])
        return True

    def end(self):
        """The end of the message. Returns its new body, None where it stays."""
        self._send(b"E")
        replaced = []
        while True:
            kind, data = self._receive()
            if kind == b"b":
                replaced.append(data)
            elif kind in VERDICTS:
                assert kind in b"ac", f"verdict {kind}"
                return b"".join(replaced) if replaced else None

    # What follows is for those who want to misbehave.

    def step(self, kind, data=b""):
        """One step, and the reply to it where there is one."""
        return self._ask(kind, data)

    def say(self, kind, data=b""):
        """A packet, whatever the filter answers."""
        self._send(kind, data)

    def raw(self, data):
        """Bytes that need not be a packet."""
        self._socket.sendall(data)

    def _ask(self, kind, data=b""):
        """The reply to a step; `c` where the filter agreed to give none."""
        self._send(kind, data)
        return b"c" if self._steps & NO_REPLY[kind] else self._receive()[0]

    def _send(self, kind, data=b""):
        self._socket.sendall(struct.pack(">I", len(data) + 1) + kind + data)

    def _receive(self):
        head = self._input.read(4)
        if len(head) < 4:
            raise ConnectionError("the filter hung up")
        packet = self._input.read(struct.unpack(">I", head)[0])
        return packet[:1], packet[1:]
