"""What many large messages cost at once."""

import concurrent.futures
import threading

from mta.milter import Milter

ONLY_WITH = "postfix"  # asked without any MTA

LINE = b'<p>Offer: <a href="https://track.relay.example/c/1?m=1&amp;r=2">see</a></p>\r\n' + b"<p>Nothing but words.</p>\r\n" * 20


def peak(signpost, messages, megabytes):
    """The most memory in MB that the filter ever had, mapped files included, after so many messages of that size at once."""
    body = LINE * (megabytes * 1_000_000 // len(LINE))
    expected = body.replace(b"//track.relay.example/", b"//click.acme.example/")
    all_there = threading.Barrier(messages)

    def send(_):
        with Milter(signpost.milter, timeout=600) as milter:
            assert milter.begin(b"<news@acme.example>", [(b"Content-Type", b" text/html")], body)
            all_there.wait(600)
            return milter.end() == expected

    with concurrent.futures.ThreadPoolExecutor(messages) as pool:
        assert all(pool.map(send, range(messages)))
    return signpost.memory("VmHWM") // 1000


def test_many_large_messages_at_once(bench):
    """Thirty messages of 16 MB at once do not cost memory for thirty"""
    with bench.signpost() as signpost:
        most = peak(signpost, 30, 16)
        assert most < 250, f"{most} MB"
