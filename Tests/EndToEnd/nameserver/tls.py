"""Certificates made on the spot, and an HTTPS port that presents them by the name that is asked for."""

import contextlib
import datetime
import pathlib
import socket
import ssl
import subprocess
import threading


def _openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


class Authority:
    """A certification authority of our own; its certificate is at `file`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file, self._key = self.folder / "ca.pem", self.folder / "ca.key"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                 "-subj", "/CN=Signpost test authority", "-keyout", self._key, "-out", self.file)

    def issue(self, label, name, days=90, self_signed=False):
        """A context for servers with a certificate for `name` that expires in `days`, or has since."""
        key, request, out = (self.folder / f"{label}.{kind}" for kind in ("key", "csr", "pem"))
        subject = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                   "-addext", f"subjectAltName=DNS:{name}", "-keyout", key]
        now = datetime.datetime.now(datetime.timezone.utc)
        if self_signed:
            _openssl("req", "-x509", *subject, "-days", days, "-out", out)
        else:
            _openssl("req", *subject, "-out", request)
            # `openssl ca` alone takes dates; it wants a configuration and an index.
            (self.folder / "index.txt").write_text("")
            (self.folder / "ca.cnf").write_text(
                f"[ca]\ndefault_ca = c\n[c]\ndatabase = {self.folder}/index.txt\nnew_certs_dir = {self.folder}\n"
                "default_md = sha256\npolicy = p\ncopy_extensions = copy\nrand_serial = yes\n[p]\ncommonName = supplied\n")
            start, end = (
                (now + datetime.timedelta(days=offset)).strftime("%Y%m%d%H%M%SZ") for offset in (min(days, 0) - 30, days))
            _openssl("ca", "-batch", "-config", self.folder / "ca.cnf", "-cert", self.file, "-keyfile", self._key,
                     "-in", request, "-out", out, "-notext", "-startdate", start, "-enddate", end)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(out, key)
        return context


class HTTPSServer:
    """`with HTTPSServer(certificates) as server:` shakes hands at `server.port`, and no more.

    `certificates` maps host names to what Authority.issue gave; a name that is not there gets an alert."""

    def __init__(self, certificates):
        self.certificates = certificates
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._first = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._first.sni_callback = self._choose

    def _choose(self, connection, name, _):
        if name not in self.certificates:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = self.certificates[name]
        return None

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        # close() alone leaves a thread in accept() where it is.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._shake, args=(connection,), daemon=True).start()

    def _shake(self, connection):
        with contextlib.suppress(OSError, ssl.SSLError), connection:
            connection.settimeout(5)
            with self._first.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)
