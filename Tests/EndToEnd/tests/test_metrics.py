"""`metrics:` and `signpost stats`: the figures of what was sent."""

import http.client
import json
import pathlib
import re
import resource
import socket
import stat
import subprocess
import time

import prometheus
from skipped import Skipped
from tests.letters import letter, moved
from tests.test_service import _serve

ONLY_WITH = "postfix"  # the same with any MTA

SENDER = "news@acme.example"


class _OverUnixSocket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("signpost", timeout=10)
        self._path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _scrape(path):
    """(headers, text) of one scrape."""
    connection = _OverUnixSocket(path)
    connection.request("GET", "/metrics")
    response = connection.getresponse()
    text = response.read().decode()
    assert response.status == 200, f"{response.status}: {text}"
    connection.close()
    return response.headers, text


def _samples(text):
    """{series: figure} of those that are not zero."""
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {series: float(figure) for series, _, figure in lines if float(figure)}


def _with_metrics(signpost):
    signpost.config.write_text(signpost.config.read_text() + "metrics: unix:metrics.sock\n")


def _send(bench):
    """Some mail of each kind. Returns (bytes of the messages that were sent whole to the filter, links moved)."""
    size = 0
    for links in (3, 0, 5):
        message = letter(SENDER, links)
        size += len(bench.baseline(SENDER, message))
        bench.mail(SENDER, message)
    for sender in ("someone@nobody.example", "someone@nowhere.example"):
        bench.mail(sender, letter(sender))
    bench.mail(SENDER, letter(SENDER), source="127.0.0.2")
    bench.mail(SENDER, b"DKIM-Signature: v=1; a=rsa-sha256\r\n" + letter(SENDER))
    return size, 8


def test_figures(bench):
    """Mail goes through a real MTA, and the figures are those of the mail"""
    with bench.signpost(edit=_with_metrics) as signpost:
        size, links = _send(bench)
        headers, text = _scrape(signpost.folder / "metrics.sock")
        assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers
        figures = _samples(text)
        messages = {re.search(r'reason="(\w+)"', s)[1]: n for s, n in figures.items() if "messages_total" in s}
        assert messages == {"none": 2, "no_links": 1, "no_sender": 2, "not_ours": 1, "signed": 1}, messages
        moved = {s: n for s, n in figures.items() if s.startswith("signpost_links_moved_total")}
        assert moved == {'signpost_links_moved_total{plugin="click-tracking",place="text"}': links}, moved
        assert figures["signpost_end_of_message_seconds_count"] == 3, figures
        assert figures["signpost_received_bytes_total"] >= size, (figures, size)
        assert figures["signpost_senders"] == len(list(signpost.senders.glob("*.yaml"))), figures
        assert figures['signpost_build_info{version="%s"}' % _version(bench)] == 1, figures
        assert figures["signpost_connections_total"] >= 1, figures
        assert abs(figures["process_resident_memory_bytes"] / 1024 - signpost.memory()) < 8192, figures
        assert abs(figures["process_open_fds"] - signpost.open_files()) < 10, figures


def _version(bench):
    return bench.command("--version").stdout.decode().split()[-1]


def test_second_opinion(bench):
    """Prometheus's own library reads the exposition, and finds every family with its type"""
    if not prometheus.python():
        raise Skipped("no prometheus_client")
    with bench.signpost(edit=_with_metrics) as signpost:
        _send(bench)
        _, text = _scrape(signpost.folder / "metrics.sock")
        described = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
        families = prometheus.families(text)
        assert len(described) > 20, text
        # The library takes `_total` from the names of counters.
        assert [(name + "_total" * (kind == "counter"), kind) for name, kind, *_ in families] == described, families
        assert all(samples or name == "signpost_links_left" for name, _, _, samples in families), families
        theirs = {
            (name, tuple(sorted(labels.items()))): value for *_, samples in families for name, labels, value in samples}
        assert len(theirs) == len([line for line in text.splitlines() if not line.startswith("#")]), "a series twice"
        buckets = [v for (name, _), v in theirs.items() if name == "signpost_end_of_message_seconds_bucket"]
        assert buckets == sorted(buckets) and buckets[-1] == theirs["signpost_end_of_message_seconds_count", ()] == 3


def test_stats(bench):
    """`signpost stats` shows the same on a terminal and as JSON, with metrics off"""
    with bench.signpost() as signpost:
        _send(bench)
        shown = bench.command("stats", "--config", signpost.config)
        said = shown.stdout.decode()
        assert shown.returncode == 0, shown.stderr
        assert re.search(r"^Messages +7$", said, re.MULTILINE), said
        assert re.search(r"^  unchanged: no sender +2  █+$", said, re.MULTILINE), said
        assert re.search(r"^  click-tracking +8  █{24}$", said, re.MULTILINE), said
        assert re.search(r"^End of message +3$", said, re.MULTILINE), said
        shown = bench.command("stats", "--config", signpost.config, "--json")
        samples = json.loads(shown.stdout)
        links = sum(s["value"] for s in samples if s["name"] == "signpost_links_moved_total")
        assert shown.returncode == 0 and links == 8, samples
    gone = bench.command("stats", "--config", signpost.config)
    assert gone.returncode == 69 and b"no filter answers" in gone.stderr, gone


#: Runs a program with a /proc like that of the unit (ProcSubset=pid, ProtectProc=invisible).
_IN_SANDBOX = """#!/bin/sh
exec unshare --mount sh -ec 'mount -t proc -o subset=pid,hidepid=2 proc /proc; exec "$@"' sh {program} "$@"
"""


def test_hidden_proc(bench):
    """In the unit's sandbox, which hides most of /proc, all that is said of the process is there and right"""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        raise Skipped("no mount namespaces")
    signpost = bench.signpost(edit=_with_metrics)
    script = signpost.folder / "in-sandbox"
    script.write_text(_IN_SANDBOX.format(program=bench.program))
    script.chmod(0o755)
    signpost.program = script
    with signpost:
        figures = _samples(_scrape(signpost.folder / "metrics.sock")[1])
        assert 0 <= time.time() - figures["process_start_time_seconds"] < 30, figures
        assert figures["process_resident_memory_bytes"] > 1e6 and figures["process_open_fds"] > 3, figures


def test_reloads(bench):
    """Reloads are counted as ok, partial or failed, by whichever way they are asked for"""
    with bench.signpost(edit=_with_metrics) as signpost:
        def reload():
            bench.command("reload", "--config", signpost.config)
            return _samples(_scrape(signpost.folder / "metrics.sock")[1])

        assert reload()['signpost_reloads_total{result="ok"}'] == 1
        whole = signpost.config.read_text()
        (signpost.senders / "broken.yaml").write_text("nonsense: 1\n")
        figures = reload()
        assert figures['signpost_reloads_total{result="partial"}'] == 1, figures
        assert figures["signpost_sender_files_with_errors"] == 1, figures
        assert figures["signpost_last_reload_successful"] == 1, figures
        signpost.config.write_text(whole + "no_such_key: 1\n")
        figures = reload()
        assert figures['signpost_reloads_total{result="failed"}'] == 1, figures
        assert "signpost_last_reload_successful" not in figures, figures
        assert figures["signpost_sender_files_with_errors"] == 1, figures


def test_socket(bench):
    """The socket is not for everybody, goes with the filter, and stays through reloads and restarts after a crash"""
    signpost = bench.signpost(edit=_with_metrics)
    place = signpost.folder / "metrics.sock"
    with signpost:
        assert stat.S_IMODE(place.stat().st_mode) == 0o660, oct(place.stat().st_mode)
        signpost.hang_up()
        signpost.text_with("reload: done")
        _scrape(place)
        whole = signpost.config.read_text()
        signpost.config.write_text(whole.replace("metrics: unix:metrics.sock", "metrics: off"))
        said = bench.command("reload", "--config", signpost.config).stdout.decode()
        assert "reload: metrics changed; a restart is needed for it" in said, said
        _scrape(place)
        signpost.config.write_text(whole)
        signpost.kill()
        signpost.start()
        _scrape(place)
        assert signpost.stop() == 0 and not place.exists()


def test_http(bench):
    """GET and HEAD of /metrics and nothing else; a status that fits for all others"""
    with bench.signpost(edit=_with_metrics) as signpost:
        for method, path, status in (
                ("GET", "/metrics", 200), ("HEAD", "/metrics", 200), ("GET", "/metrics?a=b", 200), ("GET", "/", 404),
                ("POST", "/metrics", 405), ("GET", "/metrics/x", 404), ("GET", "/../etc/passwd", 404)):
            connection = _OverUnixSocket(signpost.folder / "metrics.sock")
            connection.request(method, path, body=b"x" * 30000 if method == "POST" else None)
            response = connection.getresponse()
            text = response.read().decode()
            assert response.status == status, f"{method} {path}: {response.status}"
            assert ("# TYPE" in text) == (method == "GET" and status == 200), f"{method} {path}: {text}"
            if method == "HEAD":
                assert int(response.headers["Content-Length"]) > 5000 and not text, text
            connection.close()
        for words, status in ((b"GET /metrics HTTP/1.0\n\n", b"200"), (b"GET /metrics HTTP/2\r\n\r\n", b"400"),
                              (b"GET /metrics\r\n\r\n", b"400"), (b"GET /" + b"a" * 20000, b"414"),
                              (b"GET /metrics HTTP/1.1\r\nX: " + b"a" * 20000, b"431")):
            assert _say(signpost, words).startswith(b"HTTP/1.1 " + status + b" "), words[:40]
        for words in (b"nonsense\r\n\r\n", b"\xff\x00\n\n", b" /metrics HTTP/1.1\r\n\r\n"):
            assert not _say(signpost, words), words


def _say(signpost, words):
    """The beginning of what is answered."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(signpost.folder / "metrics.sock"))
        client.sendall(words)
        return client.recv(4096)


def test_silent_clients(bench):
    """Clients that say nothing are few, are sent away after a while, and keep no mail waiting"""
    with bench.signpost(edit=_with_metrics) as signpost:
        _scrape(signpost.folder / "metrics.sock")
        time.sleep(0.5)  # until what knocked before is gone
        before = signpost.open_files()
        silent = [socket.socket(socket.AF_UNIX) for _ in range(24)]
        for client in silent:
            client.settimeout(15)
            client.connect(str(signpost.folder / "metrics.sock"))
        time.sleep(0.5)
        taken = signpost.open_files() - before
        assert taken == 16, f"{taken} of {len(silent)} were taken"
        bench.mail(SENDER, letter(SENDER))
        for client in silent:
            assert client.recv(1) == b""
            client.close()
        assert _samples(_scrape(signpost.folder / "metrics.sock")[1])["signpost_connections_total"] >= 1


def test_no_descriptors(bench):
    """Without a file descriptor to spare nobody is answered, and the filter lives on"""
    with bench.signpost(edit=_with_metrics) as signpost:
        _scrape(signpost.folder / "metrics.sock")  # it is there
        limits = resource.prlimit(signpost.process.pid, resource.RLIMIT_NOFILE)
        used = {int(path.name) for path in pathlib.Path(f"/proc/{signpost.process.pid}/fd").iterdir()}
        lowest_free = min(set(range(len(used) + 1)) - used)
        resource.prlimit(signpost.process.pid, resource.RLIMIT_NOFILE, (lowest_free, limits[1]))
        # accept(2) may have one in reserve, so the first client proves nothing.
        clients = [socket.socket(socket.AF_UNIX) for _ in range(4)]
        for client in clients:
            client.connect(str(signpost.folder / "metrics.sock"))
            client.settimeout(0.5)
        try:
            assert not clients[-1].recv(1)
        except TimeoutError:
            pass
        time.sleep(0.5)
        resource.prlimit(signpost.process.pid, resource.RLIMIT_NOFILE, limits)
        for client in clients:
            client.close()
        _scrape(signpost.folder / "metrics.sock")
        bench.mail(SENDER, letter(SENDER))
        assert signpost.process.poll() is None


def test_port_in_use(bench):
    """A port that another server has: mail is served without metrics, the log says so, and it is taken when it is free"""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        def edit(signpost):
            signpost.config.write_text(signpost.config.read_text() + f"metrics: inet:{port}@127.0.0.1\n")

        with bench.signpost(edit=edit) as signpost:
            said = signpost.text_with("metrics: ")
            assert f"metrics: inet:{port}@127.0.0.1 is in use" in said and "without them" in said, said
            message = letter(SENDER)
            assert bench.mail(SENDER, message)[1] == moved(message)
            other.close()
            assert f"metrics at inet:{port}@127.0.0.1" in signpost.text_with("metrics at ", seconds=20)
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            client.request("GET", "/metrics")
            assert b"signpost_messages_total" in client.getresponse().read()


def test_endless_request(bench):
    """A client that sends a request without end is told so and sent away, over TCP too"""
    def edit(signpost):
        signpost.config.write_text(signpost.config.read_text() + f"metrics: inet:{port}@127.0.0.1\n")

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with bench.signpost(edit=edit) as signpost:
        before = signpost.memory()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
            try:
                for _ in range(1000):
                    client.sendall(b"a" * 65536)
                raise AssertionError("65 MB of a request were taken")
            except ConnectionError:
                pass
        assert signpost.memory() - before < 8192, f"{before} kB before, {signpost.memory()} kB after"
        other = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        other.request("GET", "/metrics")
        assert other.getresponse().status == 200


def test_strangers(bench):
    """An address that others can reach is refused: 78, and what to write"""
    for address in ("inet:9825", "inet:9825@0.0.0.0", "inet6:9825@[::]"):
        def edit(signpost):
            signpost.config.write_text(signpost.config.read_text() + f'metrics: "{address}"\n')

        status, said = _serve(bench, edit)
        assert status == 78 and "inet:9825@127.0.0.1" in said, f"exit {status}: {said}"
