"""New files for a running filter."""

import signal
import threading
import time

from tests.letters import ACME, letter, moved

SENDER = "news@acme.example"
OLD, NEW = ACME, b"//new.acme.example/"


def _acme_moves_to(signpost, domain):
    (signpost.senders / "acme.yaml").write_text(f'addresses: ["@acme.example"]\ntracking_domain: {domain}\n')


def _until(bench, sender, result, seconds=10):
    """Send letters until one is delivered as `result` says; the log line of a reload is not for us to know."""
    end = time.monotonic() + seconds
    while True:
        message = letter(sender)
        _, got = bench.mail(sender, message)
        if got == result(message):
            return
        assert time.monotonic() < end, f"after {seconds} s still {got!r}"
        time.sleep(0.1)


def test_while_mail_flows(bench):
    """Reloads under load: nothing lost, no message half old and half new, and then all new"""
    sent, failures, done = {}, [], threading.Event()

    def flow():
        try:
            while not done.is_set():
                with bench.client() as connection:
                    for _ in range(10):
                        message, recipient = letter(SENDER, links=20), bench.recipient()
                        connection.mail(SENDER, [recipient], message)
                        sent[recipient] = message
        except Exception as error:
            failures.append(error)

    with bench.signpost() as signpost:
        clients = [threading.Thread(target=flow) for _ in range(4)]
        for client in clients:
            client.start()
        for number in range(6):
            time.sleep(0.4)
            _acme_moves_to(signpost, "new.acme.example" if number % 2 else "click.acme.example")
            signpost.hang_up()
        time.sleep(0.4)
        done.set()
        for client in clients:
            client.join()
        assert not failures, f"{failures[0]!r}"
        kinds = {OLD: 0, NEW: 0}
        for recipient, message in sent.items():
            got = bench.delivered(recipient)
            domain = next((d for d in kinds if got == moved(message, d)), None)
            assert domain, f"{recipient} got something else: {got!r}"
            kinds[domain] += 1
        assert all(kinds.values()), f"the test is void: {kinds}"
        _until(bench, SENDER, lambda m: moved(m, NEW))


def test_storm_of_signals(bench):
    """Two thousand SIGHUPs, and the filter still answers"""
    with bench.signpost() as signpost:
        for _ in range(2000):
            signpost.hang_up()
            time.sleep(0.0005)
        _until(bench, SENDER, moved)
        _acme_moves_to(signpost, "new.acme.example")
        signpost.hang_up()
        _until(bench, SENDER, lambda m: moved(m, NEW))


def test_broken_sender_file(bench):
    """A sender file that breaks stays as it was; the others go on, and the log names file and line"""
    with bench.signpost() as signpost:
        _until(bench, SENDER, moved)
        (signpost.senders / "acme.yaml").write_text('addresses: ["@acme.example"]\ntracking_domian: new.acme.example\n')
        (signpost.senders / "linden.yaml").write_text(
            'addresses: ["@linden.example"]\ntracking_domain: click.linden.example\n')
        signpost.hang_up()
        _until(bench, "office@linden.example", lambda m: moved(m, b"//click.linden.example/"))
        _until(bench, SENDER, moved, seconds=0)
        assert "acme.yaml:2:1: error: " in signpost.text(), signpost.text()
        _acme_moves_to(signpost, "new.acme.example")
        signpost.hang_up()
        _until(bench, SENDER, lambda m: moved(m, NEW))


def test_broken_main_file(bench):
    """A main file that breaks changes nothing: the filter goes on with what it had, and says so"""
    with bench.signpost() as signpost:
        _until(bench, SENDER, moved)
        whole = signpost.config.read_text()
        signpost.config.write_text(whole + "no_such_key: 1\n")
        _acme_moves_to(signpost, "new.acme.example")
        signpost.hang_up()
        time.sleep(0.5)
        _until(bench, SENDER, moved, seconds=0)
        assert "signpost.yaml:" in signpost.text() and "no_such_key" in signpost.text(), signpost.text()
        signpost.config.write_text(whole)
        signpost.hang_up()
        _until(bench, SENDER, lambda m: moved(m, NEW))


def test_new_sender(bench):
    """A sender file that appears is taken up on SIGUSR1 too, and one that goes is forgotten"""
    with bench.signpost() as signpost:
        _until(bench, "hello@solo.example", bytes)
        added = signpost.senders / "solo.yaml"
        added.write_text('addresses: ["hello@solo.example"]\ntracking_domain: click.solo.example\n')
        signpost.process.send_signal(signal.SIGUSR1)
        _until(bench, "hello@solo.example", lambda m: moved(m, b"//click.solo.example/"))
        added.unlink()
        signpost.process.send_signal(signal.SIGUSR1)
        _until(bench, "hello@solo.example", bytes)
