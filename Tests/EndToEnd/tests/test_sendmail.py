"""What Sendmail alone has."""

from tests.letters import letter, moved

ONLY_WITH = "sendmail"

SENDER = "news@acme.example"


def test_session_on_standard_input(bench):
    """`sendmail -bs`: there is no client address, and the mail is ours"""
    message, recipient = letter(SENDER), bench.recipient()
    with bench.signpost() as signpost:
        said = bench.mta.session([
            b"EHLO client.example", f"MAIL FROM:<{SENDER}>".encode(), f"RCPT TO:<{recipient}>".encode(), b"DATA",
            message + b".", b"QUIT"])
        assert "Message accepted" in said, said
        assert bench.delivered(recipient) == moved(message)
        assert len(signpost.lines_of(bench.mta.queue_id_for(recipient))) == 1
