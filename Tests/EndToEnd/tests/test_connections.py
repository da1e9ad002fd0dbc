"""One connection and many messages; many connections; connections that end badly."""

import concurrent.futures
import socket
import time

from mta import smtp
from skipped import Skipped
from tests.letters import LINDEN, letter, moved

SENDERS = {"news@acme.example": moved, "office@linden.example": lambda m: moved(m, LINDEN), "hello@solo.example": bytes}


def _send_and_remember(bench, connection, sender, expected):
    message, recipient = letter(sender, links=3), bench.recipient()
    queue_id = connection.mail(sender, [recipient], message)
    expected[recipient] = SENDERS[sender](message)
    return queue_id


def _check(bench, expected):
    for recipient, message in expected.items():
        got = bench.delivered(recipient)
        assert got == message, f"{recipient} got {got!r}, not {message!r}"


def test_many_messages_over_one_connection(bench):
    """Sixty messages of three senders over one connection, some given up half-way"""
    expected, queue_ids = {}, []
    with bench.signpost() as signpost:
        with bench.client() as connection:
            for number in range(60):
                if number % 5 == 1:
                    connection.envelope("news@acme.example", [bench.recipient()])
                    connection.command("RSET")
                if number % 5 == 3:
                    connection.command("MAIL FROM:<office@linden.example>")
                    connection.command("RSET")
                sender = list(SENDERS)[number % len(SENDERS)]
                queue_ids.append(_send_and_remember(bench, connection, sender, expected))
        _check(bench, expected)
        for queue_id in queue_ids:
            lines = signpost.lines_of(queue_id)
            assert len(lines) == 1, f"{queue_id} has {len(lines)} log lines: {lines}"


def test_concurrent_connections(bench):
    """Twelve connections at once, each with messages of its own"""
    def one(number):
        expected = {}
        with bench.client() as connection:
            for k in range(20):
                _send_and_remember(bench, connection, list(SENDERS)[(number + k) % len(SENDERS)], expected)
        return expected

    with bench.signpost(), concurrent.futures.ThreadPoolExecutor(12) as pool:
        for expected in pool.map(one, range(12)):
            _check(bench, expected)


def test_several_recipients(bench):
    """A message to three recipients is rewritten once, for all"""
    message, recipients = letter("news@acme.example"), [bench.recipient() for _ in range(3)]
    with bench.signpost() as signpost:
        with bench.client() as connection:
            queue_id = connection.mail("news@acme.example", recipients, message)
        for recipient in recipients:
            assert bench.delivered(recipient) == moved(message)
        assert len(signpost.lines_of(queue_id)) == 1


def test_pieces(bench):
    """A message that arrives in small pieces, cut within its links, is one message"""
    message, recipient = letter("news@acme.example", links=40), bench.recipient()
    with bench.signpost():
        with bench.client() as connection:
            connection.envelope("news@acme.example", [recipient])
            connection.command("DATA", 3)
            content = smtp.stuffed(message)
            for start in range(0, len(content), 37):
                connection.send(content[start:start + 37])
                if start % 370 == 0:
                    time.sleep(0.001)
            connection.queue_id()
        assert bench.delivered(recipient) == moved(message)


def test_nothing_is_kept(bench):
    """Files and memory are as before after five hundred messages and a hundred broken connections"""
    if bench.mta.name == "sendmail":
        raise Skipped("five hundred messages take Sendmail, with a process for each, half a minute")
    big = letter("news@acme.example", body=b"x" * 70 + b"\r\n" + b"and a long tail of text\r\n" * 8000)

    def round_of_mail():
        for _ in range(10):
            with bench.client() as connection:
                for _ in range(10):
                    connection.mail("news@acme.example", ["reader@inbox.example"], letter("news@acme.example"))
            for cut in (100, 150_000):
                lost = bench.client()
                lost.envelope("news@acme.example", [bench.recipient()])
                lost.command("DATA", 3)
                lost.send(smtp.stuffed(big)[:cut])
                lost.close()

    def files(at_most):
        for _ in range(100):
            if (count := signpost.open_files()) <= at_most:
                break
            time.sleep(0.1)
        return count

    with bench.signpost() as signpost:
        round_of_mail()
        before_files, before_memory = files(at_most=0), signpost.memory()
        for _ in range(4):
            round_of_mail()
        after = files(at_most=before_files)
        assert after <= before_files, f"{before_files} open files became {after}"
        grown = signpost.memory() - before_memory
        assert grown < 8192, f"memory grew by {grown} kB, from {before_memory}"


def test_nonsense(bench):
    """Who talks nonsense on the milter's socket is sent away, and mail goes on"""
    with bench.signpost() as signpost:
        for words in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, b"\0\0\0\1E", b"\0\0\0\0", b"\0\0\0\5Oabcd", bytes(range(256)) * 300):
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.settimeout(10)
                stranger.connect(str(signpost.milter))
                try:
                    stranger.sendall(words)
                    stranger.shutdown(socket.SHUT_WR)
                    while stranger.recv(4096):
                        pass
                except (BrokenPipeError, ConnectionResetError):
                    pass
        # A packet that is said to be of 4 GiB, and does not come.
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(signpost.milter))
            stranger.sendall(b"\xff\xff\xff\xffB")
            before = signpost.memory()
            sender = "news@acme.example"
            message = letter(sender)
            assert bench.mail(sender, message)[1] == moved(message)
            assert signpost.memory() < before + 32_768, "memory for what did not come"
