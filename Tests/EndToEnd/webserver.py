"""An HTTPS server on loopback whose certificate the test chooses: `with WebServer(folder) as web:` has it running."""

import contextlib
import datetime
import pathlib
import socket
import ssl
import subprocess
import threading

CONFIGURATION = """\
[ca]
default_ca = ours
[ours]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = anything
[anything]
commonName = supplied
"""


class WebServer:
    """Completes TLS handshakes and hangs up. `port` is where, `authority` the PEM file of who signs its certificates."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.authority = self.folder / "authority.pem"
        (self.folder / "index").touch()
        (self.folder / "ca.conf").write_text(CONFIGURATION.format(folder=self.folder))
        self._openssl("req", "-x509", *self._new_key("authority"), "-out", self.authority, "-subj", "/CN=An authority")
        self._openssl("req", *self._new_key("server"), "-out", self.folder / "request", "-subj", "/CN=server")

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        # close(2) alone would leave accept(2) waiting.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def present(self, name, days, since=-30):
        """Present a certificate for `name` that is valid from `since` days from now until `days` from now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = (f"{now + datetime.timedelta(days=d):%Y%m%d%H%M%SZ}" for d in (since, days))
        names, certificate = self.folder / "names", self.folder / "server.pem"
        names.write_text(f"subjectAltName = DNS:{name}\n")
        self._openssl(
            "ca", "-batch", "-config", self.folder / "ca.conf", "-cert", self.authority,
            "-keyfile", self.folder / "authority.key", "-in", self.folder / "request", "-extfile", names,
            "-startdate", start, "-enddate", end, "-notext", "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, self.folder / "server.key")
        self._context = context

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(5)
                with connection, contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as tls:
                    tls.recv(1)

    def _new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self.folder / f"{name}.key"]

    @staticmethod
    def _openssl(*words):
        done = subprocess.run(["openssl", *words], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stderr
