"""Mail without a pause, in a process of its own so that nothing but the filter can delay it.

    python3 flow.py SOCKET SENDERS

Sends messages of the senders s0.example, s1.example, … over one milter connection until its standard input ends, and
prints a JSON list of [began, ended, domain of its links] for each; times are those of CLOCK_MONOTONIC, in seconds. The
domain is null where the links are not all on one.
"""

import gc
import json
import re
import select
import sys
import time

from mta.milter import Milter

LINKS = 20
BODY = b"".join(b"Link %d: https://track.relay.example/c/%d?r=1 and on.\r\n" % (k, k) for k in range(LINKS))


def main():
    path, senders = sys.argv[1], int(sys.argv[2])
    gc.disable()
    sent = []
    with Milter(path) as milter:
        while not select.select([sys.stdin], [], [], 0)[0]:
            name = f"s{len(sent) % senders}.example".encode()
            fields = [(b"From", b" news@" + name), (b"Subject", b" hello")]
            began = time.monotonic()
            body = milter.message(b"<news@" + name + b">", fields, BODY)
            ended = time.monotonic()
            hosts = re.findall(rb"https://([^/]+)/", body)
            whole = len(hosts) == LINKS and len(set(hosts)) == 1
            whole = whole and body.replace(hosts[0], b"track.relay.example") == BODY
            sent.append((began, ended, hosts[0].decode() if whole else None))
    json.dump(sent, sys.stdout)


main()
