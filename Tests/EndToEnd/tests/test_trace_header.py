"""trace_header: on."""

from bench import HERE
from mta import smtp
from tests.letters import letter

SENDER = "news@acme.example"


def test_one_field_more(bench):
    """One field more where links moved, none where none did, and no second one on a second pass"""
    def trace(signpost):
        signpost.config.write_text(signpost.config.read_text() + "trace_header: on\n")

    campaign = smtp.wire((HERE / "campaigns/acme.eml").read_bytes())
    with bench.signpost() as plain:
        expected = bench.mail(SENDER, campaign)[1]
        plain.stop()
    with bench.signpost(edit=trace):
        _, got = bench.mail(SENDER, campaign)
        added = [line for line in got.split(b"\r\n") if line not in expected.split(b"\r\n")]
        assert len(added) == 1, added
        assert got.replace(added[0] + b"\r\n", b"", 1) == expected, added
        assert bench.mail(SENDER, got)[1] == got
        without = letter(SENDER, links=0)
        assert bench.mail(SENDER, without)[1] == without
