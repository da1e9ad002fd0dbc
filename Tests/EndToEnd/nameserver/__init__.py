"""DNS servers on loopback, for tests: `with Nameserver(folder, zones) as dns:` has them running.

    dns.address                            "127.0.0.1:5301", for `domain_check.resolvers`
    dns.set_zone("acme.example", lines)    other records from now on; `lines` as in a zone file, without SOA and NS
    dns.misbehave("servfail")              also "refused", "silent", "slow", "truncated"; None is good again

A zone's records are whole at once: Knot, the authoritative server, is told and has read them when `set_zone` returns.
Before it stands Unbound, as at an operator's, validating and (so that changes are seen) caching nothing; before that
a proxy which can misbehave. The folder's name is not `dns`, which would hide dnspython.
"""

import contextlib
import pathlib
import socket

from nameserver.knot import Knot
from nameserver.proxy import Proxy
from nameserver.unbound import Unbound


def free_port():
    """A port that is free for both UDP and TCP."""
    for _ in range(100):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                udp.bind(tcp.getsockname())
                return tcp.getsockname()[1]
    raise AssertionError("no free port")


class Nameserver:
    """Knot behind Unbound behind a proxy. `zones` is a dictionary of zones' names and records.

    `signed` names zones that Knot signs, and for which Unbound has the right trust anchor; `forged` those for which it
    has a wrong one, so that every answer of theirs is bogus."""

    def __init__(self, folder, zones, signed=(), forged=()):
        self.folder = pathlib.Path(folder)
        self.zones = dict(zones)
        self.signed, self.forged = set(signed), set(forged)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Start all three, and wait until they answer."""
        with contextlib.ExitStack() as stack:
            self.knot = stack.enter_context(
                Knot(self.folder / "knot", free_port(), self.zones, self.signed | self.forged))
            anchors = [self.knot.trust_anchor(zone) for zone in sorted(self.signed)]
            anchors += [self.knot.wrong_anchor(zone) for zone in sorted(self.forged)]
            self.unbound = stack.enter_context(
                Unbound(self.folder / "unbound", free_port(), self.knot.port, self.zones, anchors))
            self.proxy = stack.enter_context(Proxy(free_port(), self.unbound.port))
            self.address = f"127.0.0.1:{self.proxy.port}"
            self._everything = stack.pop_all()

    def stop(self):
        """Stop them. A second call does nothing."""
        self._everything.close()

    def set_zone(self, name, records):
        """Give a zone that was there from the start other records."""
        self.knot.set_zone(name, records)

    def misbehave(self, how):
        """Have the resolver fail from now on; None ends that."""
        self.proxy.behaviour = how

    @property
    def questions(self):
        """(name, type number) of all that was asked so far."""
        return list(self.proxy.questions)
