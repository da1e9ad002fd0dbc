"""The filter on a TCP port."""

import statistics
import time

from tests.letters import letter, moved

SENDER = "news@acme.example"


def test_tcp(bench):
    """The filter on a TCP port, without waiting for acknowledgements"""
    def listen_on_tcp(signpost):
        text = signpost.config.read_text().replace(
            f"unix:{signpost.milter}", f"inet:{bench.mta.milter_port}@127.0.0.1")
        signpost.config.write_text("\n".join(line for line in text.split("\n") if not line.startswith("socket_")))

    def seconds(port):
        """What a message takes from its first byte to the MTA's answer, the middle of some."""
        taken = []
        with bench.client(port=port) as connection:
            for _ in range(9):
                start = time.monotonic()
                connection.mail(SENDER, [bench.recipient()], letter(SENDER))
                taken.append(time.monotonic() - start)
        return statistics.median(taken)

    with bench.signpost(edit=listen_on_tcp, address=("127.0.0.1", bench.mta.milter_port)):
        for _ in range(3):
            message = letter(SENDER)
            assert bench.mail(SENDER, message, port="tcp")[1] == moved(message)
        # Nagle's algorithm and a delayed acknowledgement would add 40 ms, once or more.
        extra = seconds("tcp") - seconds("plain")
        assert extra < 0.03, f"the filter over TCP costs {extra * 1000:.0f} ms a message"
