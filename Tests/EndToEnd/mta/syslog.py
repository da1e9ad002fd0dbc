"""What programs say to syslog(3), in a file."""

import os
import re
import socketserver
import threading


class _Line(socketserver.BaseRequestHandler):
    def handle(self):
        text = self.request[0].decode("utf-8", "replace").rstrip("\0\n")
        self.server.file.write(re.sub(r"^<\d+>", "", text) + "\n")
        self.server.file.flush()


class Syslog(socketserver.UnixDatagramServer):
    """Writes each message that comes to the socket as a line of the file, without its priority, until left."""

    max_packet_size = 65536

    def __init__(self, path, file):
        super().__init__(os.fspath(path), _Line)
        self.file = open(file, "a", encoding="utf-8")

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
        self.file.close()
