"""The filter on a TCP port."""

import statistics
import time

from tests.letters import letter, moved

SENDER = "news@acme.example"
#: Seconds that a message may take longer than without the filter. Postfix sends what belongs together in one packet, and
#: Nagle's algorithm and a delayed acknowledgement, 40 ms, would show. Sendmail sends each step, and the macros before it, in
#: a packet of its own: it waits for an acknowledgement at MAIL, for its macros, and behind the first header field, whatever
#: the filter does; and not at RCPT and the end of the message, since it is asked for no macros there.
AT_MOST = {"postfix": 0.03, "sendmail": 0.13}


def test_tcp(bench):
    """The filter on a TCP port, without waiting for acknowledgements more than the MTA makes us"""
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
        extra = seconds("tcp") - seconds("plain")
        assert extra < AT_MOST[bench.mta.name], f"the filter over TCP costs {extra * 1000:.0f} ms a message"
