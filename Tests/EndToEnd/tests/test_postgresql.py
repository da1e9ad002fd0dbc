"""Senders from a real PostgreSQL server, with the schema and the queries of docs/POSTGRESQL.md."""

import contextlib
import re
import signal
import socket
import threading
import types
import time

from bench import HERE
from mta import postgres
from nameserver import Nameserver
from run import Skipped
from tests.letters import letter, moved

ONLY_WITH = "postfix"  # the same with any MTA

LINDEN = b"//links.linden.example/"
SQL, YAML = postgres.example(HERE.parents[1] / "docs/POSTGRESQL.md")
#: From this domain there are as many senders as a test wants.
MANY = """
INSERT INTO senders (id, tracking_domain) SELECT 's' || n, 'click.s' || n || '.example' FROM generate_series(0, 99) n;
INSERT INTO sender_addresses SELECT '@s' || n || '.example', 's' || n FROM generate_series(0, 99) n;
"""


@contextlib.contextmanager
def _database(bench):
    if not postgres.programs():
        raise Skipped("PostgreSQL is not installed: make install-deps")
    with postgres.PostgreSQL(bench.folder / f"postgres-{time.monotonic_ns()}") as server:
        server.sql(SQL + MANY)
        yield server


def _from(server, **changes):
    """An edit of the configuration: the document's `senders` block, with this server."""
    def edit(signpost):
        block = re.sub(r"connection: .*", f'connection: "{server.connection}"', YAML)
        block = re.sub(r"    password_file: .*\n", "", block)
        for key, value in changes.items():
            block = re.sub(rf"{key}: .*", f"{key}: {value}", block)
        text = signpost.config.read_text()
        assert "senders: senders.d\n" in text
        signpost.config.write_text(text.replace("senders: senders.d\n", block))
    return edit


def _until(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds} s still not: {what}"
        time.sleep(0.05)


def _is_moved(bench, sender, domain):
    message = letter(sender)
    return bench.mail(sender, message)[1] == moved(message, domain)


def test_example(bench):
    """The document's schema and queries, as they stand there; `check` and `rewrite` too"""
    with _database(bench) as server, bench.signpost(edit=_from(server)) as signpost:
        message = letter("news@linden.example", links=3)
        queue_id, got = bench.mail("news@linden.example", message)
        assert got == moved(message, LINDEN), got
        assert "sender=linden domain=links.linden.example rewritten=3" in signpost.lines_of(queue_id)[0]
        # acme is guarded by its login, and has https.
        message = letter("a@acme.example")
        assert bench.mail("a@acme.example", message)[1] == message
        _, got = bench.mail("bounce@elsewhere.example", message, login="acme")
        assert got == moved(message, b"//click.acme.example/"), got
        assert bench.rewrite(signpost, "x@linden.example", message).stdout == moved(message, LINDEN)
        checked = bench.command("check", "--config", signpost.config)
        assert checked.returncode == 0 and b"senders: in the database" in checked.stdout, checked


def test_check(bench):
    """`check` says what is wrong with a query, with its line, and that the server is away; `serve` starts all the same"""
    with _database(bench) as server, bench.signpost(edit=_from(server)) as signpost:
        whole = signpost.config.read_text()
        signpost.config.write_text(whole.replace("WHERE address = $1", "WHERE adress = $1"))
        told = bench.command("check", "--config", signpost.config)
        assert told.returncode == 78, told
        assert re.match(rb'.*signpost\.yaml:\d+:12: error: `query`: ERROR: +column "adress" does not exist', told.stderr), told
        signpost.config.write_text(whole)
        server.kill()
        told = bench.command("check", "--config", signpost.config)
        assert told.returncode == 69 and b"Connection refused" in told.stderr, told
        signpost.stop()
        signpost.start()
        message = letter("news@linden.example")
        queue_id, got = bench.mail("news@linden.example", message)
        assert got == message
        assert signpost.lines_of(queue_id)[0].endswith("the sender database does not answer")
        server.start()
        _until(lambda: _is_moved(bench, "news@linden.example", LINDEN), "rewritten again")


def test_killed_while_mail_flows(bench):
    """SIGKILL to the server under load: no mail lost or late, known senders rewritten, others with the default domain; then back"""
    slowest, failures, sent, done = [0.0], [], [], threading.Event()
    numbers = iter(range(100))

    def flow():
        try:
            while not done.is_set():
                with bench.client() as connection:
                    for _ in range(10):
                        message, recipient = letter("news@linden.example", links=5), bench.recipient()
                        start = time.monotonic()
                        connection.mail("news@linden.example", [recipient], message)
                        slowest[0] = max(slowest[0], time.monotonic() - start)
                        sent.append((recipient, message))
        except Exception as error:
            failures.append(error)

    def new_sender():
        number = next(numbers)
        message = letter(f"x@s{number}.example")
        start = time.monotonic()
        got = bench.mail(f"x@s{number}.example", message)[1]
        slowest[0] = max(slowest[0], time.monotonic() - start)
        assert got in (message, moved(message, b"//click.s%d.example/" % number)), got
        return got != message

    with _database(bench) as server, bench.signpost(edit=_from(server, cache="{ time_to_live: 1s }")) as signpost:
        assert _is_moved(bench, "news@linden.example", LINDEN) and new_sender()
        clients = [threading.Thread(target=flow) for _ in range(3)]
        for client in clients:
            client.start()
        time.sleep(0.5)
        server.kill()
        assert not any(new_sender() for _ in range(5))
        # Longer than what is remembered would count.
        time.sleep(1.2)
        server.start()
        _until(new_sender, "a sender that was not remembered is found", 15)
        time.sleep(0.3)
        done.set()
        for client in clients:
            client.join()
        assert not failures, f"{failures[0]!r}"
        assert len(sent) > 50, f"the test is void: {len(sent)} messages"
        for recipient, message in sent:
            assert bench.delivered(recipient) == moved(message, LINDEN), recipient
        assert slowest[0] < 2.5, f"a message took {slowest[0]:.1f} s"
        log = signpost.text()
        assert log.count("the sender database does not answer: ") == 1, log
        assert log.count("the sender database answers again, after ") == 1, log


def test_hung(bench):
    """A server that hangs holds mail up no longer than the time-out, and then not at all"""
    with _database(bench) as server, bench.signpost(edit=_from(server, timeout="1s")) as signpost:
        assert _is_moved(bench, "news@linden.example", LINDEN)
        server.signal_all(signal.SIGSTOP)
        for limit in (2.0, 2.0, 0.8, 0.8):
            message, start = letter("x@s1.example"), time.monotonic()
            assert bench.mail("x@s1.example", message)[1] == message
            took = time.monotonic() - start
            assert took < limit, f"{took:.1f} s"
            time.sleep(1.1)
        assert _is_moved(bench, "news@linden.example", LINDEN)
        server.signal_all(signal.SIGCONT)
        _until(lambda: _is_moved(bench, "x@s1.example", b"//click.s1.example/"), "found again")
        assert "the sender database answers again" in signpost.text()


def test_silent(bench):
    """A server that takes connections and says nothing: no command waits longer than its time-out, no end for a thread that connects"""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        silent = types.SimpleNamespace(
            connection=f"host=127.0.0.1 port={server.getsockname()[1]} dbname=mail user=signpost")
        message = letter("news@linden.example")

        def seconds(action):
            start = time.monotonic()
            return action(), time.monotonic() - start

        with bench.signpost(edit=_from(silent, timeout="2s")) as signpost:
            done, took = seconds(lambda: bench.rewrite(signpost, "news@linden.example", message))
            assert done.returncode == 0 and done.stdout == message and took < 3, (done, took)
            assert b"the sender database does not answer" in done.stderr, done
            for words in (["check"], ["domain", "verify", "news@linden.example"]):
                done, took = seconds(lambda: bench.command(*words, "--config", signpost.config))
                assert done.returncode == 69 and took < 3, (done, took)
            status, took = seconds(signpost.stop)
            assert status == 0 and took < 1, (status, took)


def test_reload(bench):
    """SIGHUP has all senders asked anew on the connections there are; another query has others made"""
    with _database(bench) as server, bench.signpost(edit=_from(server)) as signpost:
        assert _is_moved(bench, "news@linden.example", LINDEN)
        pids = "SELECT array_agg(pid ORDER BY pid) FROM pg_stat_activity WHERE application_name = 'signpost'"
        before = server.sql(pids)
        server.sql("UPDATE senders SET tracking_domain = 'new.linden.example' WHERE id = 'linden'")
        assert _is_moved(bench, "news@linden.example", LINDEN), "not remembered"
        signpost.hang_up()
        _until(lambda: _is_moved(bench, "news@linden.example", b"//new.linden.example/"), "the new domain")
        assert server.sql(pids) == before
        signpost.config.write_text(signpost.config.read_text().replace("WHERE address = $1", "WHERE address = $1 AND id <> 'linden'"))
        signpost.hang_up()
        _until(lambda: not _is_moved(bench, "news@linden.example", b"//new.linden.example/"), "nobody")
        _until(lambda: server.sql(pids) != before and "," not in server.sql(pids), "new connections alone")


def test_reload_of_a_broken_query(bench):
    """A reload with a query that the server refuses says so and changes nothing; one while it is away is taken"""
    with _database(bench) as server, bench.signpost(edit=_from(server)) as signpost:
        assert _is_moved(bench, "news@linden.example", LINDEN)
        whole = signpost.config.read_text()
        signpost.config.write_text(whole.replace("WHERE address = $1", "WHERE adress = $1"))
        told = bench.command("reload", "--config", signpost.config)
        assert told.returncode == 78 and b'column "adress" does not exist' in told.stdout, told
        assert _is_moved(bench, "x@s1.example", b"//click.s1.example/"), "what was not remembered is still found"
        server.kill()
        signpost.config.write_text(whole.replace("time_to_live: 5m", "time_to_live: 4m"))
        told = bench.command("reload", "--config", signpost.config)
        assert told.returncode == 0 and b"reload: done; senders=pgsql" in told.stdout, told
        server.start()
        _until(lambda: _is_moved(bench, "news@linden.example", LINDEN), "rewritten again")


def test_domains(bench):
    """`domain show` and `verify` by an address; the watch takes up a domain with its sender's first message"""
    zones = {"relay.example": "track A 127.0.0.1", "linden.example": "links CNAME track.relay.example.", "acme.example": ""}
    with Nameserver(bench.folder / f"dns{time.monotonic_ns()}", zones) as dns, _database(bench) as server:
        def edit(signpost):
            _from(server)(signpost)
            signpost.config.write_text(signpost.config.read_text().replace(
                "domain_check: { mode: off }",
                f'domain_check: {{ recheck: 1s, state: domains.json, resolvers: ["{dns.address}"] }}'))

        with bench.signpost(edit=edit) as signpost:
            def domain(command, *words):
                done = bench.command("domain", command, "--config", signpost.config, *words)
                return done.returncode, (done.stdout + done.stderr).decode()

            status, text = domain("show", "news@linden.example")
            assert status == 0 and "links.linden.example. 3600 IN CNAME track.relay.example." in text, text
            assert "State: in place" in text, text
            status, text = domain("verify", "news@linden.example", "x@acme.example")
            assert status == 1 and "linden: links.linden.example: in place" in text, (status, text)
            status, text = domain("verify", "linden")
            assert status == 67 and "news@acme.example" in text, (status, text)
            for words in (["verify", "--all"], ["add", "linden", "new.linden.example"]):
                status, text = domain(*words)
                assert status == 64 and "the senders are in a database" in text, (status, text)

            assert not _is_moved(bench, "news@linden.example", LINDEN), "not looked up yet"
            _until(lambda: _is_moved(bench, "news@linden.example", LINDEN), "verified")
            # Over a restart it is known, whatever DNS and the database say.
            signpost.stop()
            dns.set_zone("linden.example", "")
            signpost.start()
            assert _is_moved(bench, "news@linden.example", LINDEN)
            server.kill()
            status, text = domain("show", "news@linden.example")
            assert status == 69 and "Connection refused" in text, (status, text)


def test_broken_row(bench):
    """A row with a mistake takes its own sender out; the log says once which column"""
    with _database(bench) as server:
        server.sql("UPDATE senders SET plugins = '{\"open-traking\": \"off\"}' WHERE id = 'linden'")
        with bench.signpost(edit=_from(server)) as signpost:
            for _ in range(3):
                assert not _is_moved(bench, "news@linden.example", LINDEN)
            assert _is_moved(bench, "x@s5.example", b"//click.s5.example/")
            assert signpost.text().count("pgsql: sender linden, column plugins:1:2: error: unknown plugin") == 1, signpost.text()
