"""What happens to mail when the filter is not there, goes, or comes back."""

import threading
import time

from mta import smtp
from tests.letters import letter, moved

SENDER = "news@acme.example"


def _sent(bench, port="relay"):
    """Send one letter. Returns (the letter, what was delivered)."""
    message = letter(SENDER)
    return message, bench.mail(SENDER, message, port=port)[1]


def _refused(bench):
    try:
        bench.mail(SENDER, letter(SENDER))
    except smtp.Refused as answer:
        assert answer.code == 451, f"refused with {answer}"
        return
    raise AssertionError("delivered although the filter is not there")


def test_stopped_and_started_again(bench):
    """What the MTA was told (milter_default_action, F=) decides while the filter is stopped; afterwards all is as before"""
    with bench.signpost() as signpost:
        for _ in range(2):
            message, got = _sent(bench)
            assert got == moved(message)
            assert signpost.stop() == 0, f"exit {signpost.process.returncode}:\n{signpost.text()}"
            assert not signpost.milter.exists(), "its socket is still there"
            _refused(bench)
            message, got = _sent(bench, "failopen")
            assert got == message
            signpost.start()
            message, got = _sent(bench, "failopen")
            assert got == moved(message)


def test_connection_survives_restart(bench):
    """A client that stays connected has its later messages rewritten by the filter's successor"""
    with bench.signpost() as signpost:
        with bench.client("failopen") as connection:
            first, a = letter(SENDER), bench.recipient()
            connection.mail(SENDER, [a], first)
            signpost.kill()
            signpost.start()
            # The MTA holds one milter connection per client; it may take the default action to the end of this one.
            second, b = letter(SENDER), bench.recipient()
            connection.mail(SENDER, [b], second)
        assert bench.delivered(a) == moved(first)
        assert bench.delivered(b) in (second, moved(second))
        message, got = _sent(bench)
        assert got == moved(message)


def test_killed_within_a_message(bench):
    """Killed in the middle of a message: it is delivered whole as it came, or refused for now; the socket it leaves behind does not matter"""
    for port in ("failopen", "relay"):
        with bench.signpost() as signpost:
            message, recipient = letter(SENDER, body=b"a line\r\n" * 50_000), bench.recipient()
            content = smtp.stuffed(message)
            with bench.client(port) as connection:
                connection.envelope(SENDER, [recipient])
                connection.command("DATA", 3)
                connection.send(content[:200_000])
                time.sleep(0.2)
                signpost.kill()
                connection.send(content[200_000:])
                code, text = connection.answer()
            if port == "relay":
                assert code == 451, f"{code} {text}"
                assert not bench.sink.to(recipient)
            else:
                assert code == 250, f"{code} {text}"
                assert bench.delivered(recipient) == message
            assert signpost.milter.exists(), "the test is void: a killed filter leaves its socket"
            signpost.start()
            message, got = _sent(bench)
            assert got == moved(message)


def test_finishes_what_it_began(bench):
    """SIGTERM in the middle of a message: it is finished, and the exit is clean"""
    with bench.signpost() as signpost:
        message, recipient = letter(SENDER, links=5), bench.recipient()
        status = []
        with bench.client() as connection:
            connection.envelope(SENDER, [recipient])
            connection.command("DATA", 3)
            connection.send(smtp.stuffed(message)[:300])
            time.sleep(0.1)
            stopping = threading.Thread(target=lambda: status.append(signpost.stop(seconds=20)))
            stopping.start()
            time.sleep(0.5)
            connection.send(smtp.stuffed(message)[300:])
            connection.queue_id()
        stopping.join()
        assert bench.delivered(recipient) == moved(message)
        assert status == [0], f"exit {status}:\n{signpost.text()}"
