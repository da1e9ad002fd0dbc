"""What many large messages cost at once."""

import concurrent.futures
import threading
import time

from mta.milter import Milter

ONLY_WITH = "postfix"  # asked without any MTA

LINE = b'<p>Offer: <a href="https://track.relay.example/c/1?m=1&amp;r=2">see</a></p>\r\n' + b"<p>Nothing but words.</p>\r\n" * 20
MESSAGES, MEGABYTES = 30, 16
#: Megabytes of memory that the filter may have of its own: far less than the messages have together. A mapped file is not
#: its own: the kernel takes those pages back when it needs them.
AT_MOST = 250


def test_many_large_messages_at_once(bench):
    """Thirty messages of 16 MB at once do not cost memory for thirty"""
    body = LINE * (MEGABYTES * 1_000_000 // len(LINE))
    expected = body.replace(b"//track.relay.example/", b"//click.acme.example/")
    all_there = threading.Barrier(MESSAGES)
    peak, watching = 0, True

    def watch():
        nonlocal peak
        while watching:
            peak = max(peak, signpost.memory("RssAnon"))
            time.sleep(0.01)

    def send(_):
        with Milter(signpost.milter, timeout=60) as milter:
            assert milter.begin(b"<news@acme.example>", [(b"Content-Type", b" text/html")], body)
            all_there.wait(60)
            return milter.end() == expected

    with bench.signpost() as signpost:
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            with concurrent.futures.ThreadPoolExecutor(MESSAGES) as pool:
                assert all(pool.map(send, range(MESSAGES)))
        finally:
            watching = False
            watcher.join()
        assert peak < AT_MOST * 1000, f"{peak // 1000} MB"
