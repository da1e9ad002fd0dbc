"""Who may log in: whoever gives his own name as the password. Told to Postfix in Dovecot's protocol, and to Cyrus SASL,
as Sendmail has it, in saslauthd's.

https://doc.dovecot.org/2.3/developer_manual/design/auth_protocol/
https://www.cyrusimap.org/sasl/sasl/reference/manpages/saslauthd.html
"""

import base64
import os
import socketserver
import struct
import threading


class _Dovecot(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")
        for line in self.rfile:
            fields = line.decode().rstrip("\n").split("\t")
            if fields[0] == "AUTH":
                response = next(f[5:] for f in fields if f.startswith("resp="))
                _, name, password = base64.b64decode(response).decode().split("\0")
                verdict = f"OK\t{fields[1]}\tuser={name}" if name == password else f"FAIL\t{fields[1]}\tuser={name}"
                self.wfile.write(verdict.encode() + b"\n")


class _Saslauthd(socketserver.StreamRequestHandler):
    def handle(self):
        # Four counted strings (user, password, service, realm), answered by one.
        name, password, _, _ = (self.rfile.read(struct.unpack("!H", self.rfile.read(2))[0]) for _ in range(4))
        verdict = b"OK" if name == password else b"NO"
        self.wfile.write(struct.pack("!H", len(verdict)) + verdict)


class SASLServer(socketserver.ThreadingUnixStreamServer):
    """Serves at a path of the file system until left, in `dovecot`'s protocol or `saslauthd`'s."""

    daemon_threads = True
    #: Each smtpd that starts asks us first. On a unix socket whose queue is full it does not wait, but ends.
    request_queue_size = 128

    def __init__(self, path, protocol="dovecot"):
        super().__init__(os.fspath(path), {"dovecot": _Dovecot, "saslauthd": _Saslauthd}[protocol])
        os.chmod(path, 0o666)

    def handle_error(self, request, client_address):
        pass  # the MTA's process ended

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
