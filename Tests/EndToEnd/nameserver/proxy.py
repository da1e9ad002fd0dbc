"""A DNS proxy on loopback that fails where it is told to."""

import socket
import socketserver
import struct
import threading
import time


class Proxy:
    """Passes questions on to `upstream` and answers back, over UDP and TCP.

    `behaviour`: None; "servfail" and "refused" answer so; "silent" does not answer; "slow" does after `delay` seconds;
    "truncated" answers over UDP with nothing but the TC bit, so that TCP has to be used."""

    def __init__(self, port, upstream):
        self.port, self.upstream = port, upstream
        self.behaviour = None
        self.delay = 0.5
        self.questions = []
        proxy = self

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self):
                packet, server = self.request
                if answer := proxy.answer(packet, over_tcp=False):
                    server.sendto(answer, self.client_address)

        class Stream(socketserver.StreamRequestHandler):
            def handle(self):
                while len(length := self.rfile.read(2)) == 2:
                    if answer := proxy.answer(self.rfile.read(struct.unpack("!H", length)[0]), over_tcp=True):
                        self.wfile.write(struct.pack("!H", len(answer)) + answer)

        class TCP(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        class UDP(socketserver.ThreadingUDPServer):
            daemon_threads = True

        self._servers = [UDP(("127.0.0.1", port), Datagram), TCP(("127.0.0.1", port), Stream)]

    def __enter__(self):
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def answer(self, packet, over_tcp):
        """What is said to a packet; None for nothing."""
        behaviour = self.behaviour
        self.questions.append(question(packet))
        if behaviour == "silent":
            return None
        if behaviour in ("servfail", "refused"):
            return header(packet, 0x8180 | (2 if behaviour == "servfail" else 5))
        if behaviour == "truncated" and not over_tcp:
            return header(packet, 0x8380)
        if behaviour == "slow":
            time.sleep(self.delay)
        with socket.socket(type=socket.SOCK_STREAM if over_tcp else socket.SOCK_DGRAM) as upstream:
            upstream.settimeout(5)
            try:
                upstream.connect(("127.0.0.1", self.upstream))
                if not over_tcp:
                    upstream.send(packet)
                    return upstream.recv(65535)
                upstream.sendall(struct.pack("!H", len(packet)) + packet)
                stream = upstream.makefile("rb")
                return stream.read(struct.unpack("!H", stream.read(2))[0])
            except (OSError, struct.error):
                return None


def header(packet, flags):
    """An answer of nothing but the question."""
    return packet[:2] + struct.pack("!HHHHH", flags, 1, 0, 0, 0) + packet[12:]


def question(packet):
    """(name, type number) of a packet's first question."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack("!H", packet[at + 1:at + 3])[0]
