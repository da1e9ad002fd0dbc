"""X-Tracking-Domain: a message chooses among its sender's domains, and the field is gone when it is delivered."""

from tests.letters import ACME, letter, moved

SENDER = "news@acme.example"


def _two_domains(signpost):
    file = signpost.senders / "acme.yaml"
    file.write_text(file.read_text() + "\nother_tracking_domains: [go.acme.example]\n")


def test_chosen_domain(bench):
    """In a real Postfix: own domain, foreign domain, default, two fields; each is removed and the rest is as it was"""
    cases = [
        (["go.acme.example"], b"//go.acme.example/", "domain=go.acme.example rewritten=1 "),
        (["go.linden.example"], ACME, "domain=click.acme.example rewritten=1 "),
        (["default"], b"//track.relay.example/", "asks for the default domain"),
        (["go.acme.example", "go.acme.example"], ACME, "domain=click.acme.example rewritten=1 "),
    ]
    with bench.signpost(edit=_two_domains) as signpost:
        for values, domain, said in cases:
            plain = letter(SENDER)
            fields = "".join(f"X-Tracking-Domain: {value}\r\n" for value in values).encode()
            chosen = plain.replace(b"To: ", fields + b"To: ")
            queue_id, delivered = bench.mail(SENDER, chosen)
            assert delivered == moved(plain, domain), (values, delivered)
            lines = signpost.lines_of(queue_id)
            assert any(said in line for line in lines), lines
            offline = bench.rewrite(signpost, SENDER, chosen)
            assert offline.stdout == delivered, (values, offline)


def test_of_nobody(bench):
    """A message of nobody we know keeps the field: it is delivered as it came"""
    with bench.signpost():
        message = letter("x@nobody.example").replace(b"To: ", b"X-Tracking-Domain: click.acme.example\r\nTo: ")
        assert bench.mail("x@nobody.example", message)[1] == message
