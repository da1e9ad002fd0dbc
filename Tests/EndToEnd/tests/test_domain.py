"""`signpost domain`, against Knot, Unbound and a TLS server, and files as people write them."""

import contextlib
import json
import os
import pty
import socket
import stat
import struct
import subprocess
import time

from nameserver import Nameserver, free_port
from nameserver.tls import Authority, HTTPSServer

ONLY_WITH = "postfix"  # asks no MTA

ZONES = {
    "relay.example": "track A 127.0.0.1\nother A 127.0.0.9\nvia CNAME track",
    "acme.example": "@ A 127.0.0.1\nclick CNAME track.relay.example.\nCLICK2 CNAME Track.RELAY.example.\n"
                    "*.wild CNAME track.relay.example.\nlevel CNAME l2\nl2 CNAME l3\nl3 CNAME via.relay.example.\n"
                    "flat A 127.0.0.1\nelse CNAME other.relay.example.\naddress A 127.0.0.8\nloop CNAME loop2\n"
                    "loop2 CNAME loop\ntypo CNAME trakc.relay.example.\nempty TXT nothing",
    "forged.example": "click CNAME track.relay.example.",
    "signed.example": "click CNAME track.relay.example.",
    "xn--bcher-kva.example": "klick CNAME track.relay.example.",
}


class World:
    """A configuration whose resolver is ours, in a folder of its own."""

    def __init__(self, bench, dns, more="", senders=()):
        self.bench = bench
        self.folder = bench.folder / f"domain{time.monotonic_ns()}"
        self.senders = self.folder / "senders.d"
        self.senders.mkdir(parents=True)
        self.config = self.folder / "signpost.yaml"
        self.config.write_text(
            "default_tracking_domains: [track.relay.example]\nsenders: senders.d\n"
            f"domain_check: {{ resolvers: [{dns.address if dns else '127.0.0.1:9'}]{more} }}\n")
        for name, text in dict(senders).items():
            self.sender(name, text)

    def sender(self, name, domain, more=""):
        (self.senders / f"{name}.yaml").write_text(
            f'addresses: ["@{name}.example"]\ntracking_domain: {domain}\n{more}')

    def run(self, *words):
        done = self.bench.command("domain", words[0], "--config", self.config, *words[1:])
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def verify(self, *words):
        """(exit status, sender → object)."""
        status, out, error = self.run("verify", "--json", *(words or ["--all"]))
        return status, {entry["sender"]: entry for entry in json.loads(out)}


@contextlib.contextmanager
def nameserver(bench, zones=None, **options):
    folder = bench.folder / f"dns{time.monotonic_ns()}"
    with Nameserver(folder, ZONES if zones is None else zones, **options) as dns:
        yield dns


def test_situations(bench):
    """Every DNS situation behind a validating resolver has its verdict"""
    expected = {
        "plain": ("click.acme.example", "verified"), "case": ("Click2.ACME.example", "verified"),
        "wild": ("anything.wild.acme.example", "verified"), "levels": ("level.acme.example", "verified"),
        "flat": ("flat.acme.example", "flattened"), "apex": ("acme.example", "flattened"),
        "elsewhere": ("else.acme.example", "wrong_target"), "address": ("address.acme.example", "wrong_target"),
        "loop": ("loop.acme.example", "loop"), "typo": ("typo.acme.example", "no_address"),
        "nothing": ("nix.acme.example", "missing"), "nodata": ("empty.acme.example", "missing"),
        "forged": ("click.forged.example", "bogus"), "signed": ("click.signed.example", "verified"),
        "idn": ("klick.bücher.example", "verified"), "lame": ("click.unknown.example", "unreachable"),
    }
    with nameserver(bench, signed=["signed.example"], forged=["forged.example"]) as dns:
        world = World(bench, dns, senders={name: domain for name, (domain, _) in expected.items()})
        status, found = world.verify()
        told = {name: entry["verdict"] for name, entry in found.items()}
        assert told == {name: verdict for name, (_, verdict) in expected.items()}, told
        assert status == 1, status
        assert found["levels"]["chain"] == [
            "l2.acme.example", "l3.acme.example", "via.relay.example", "track.relay.example"], found["levels"]
        assert found["elsewhere"]["message"] == "leads to other.relay.example (127.0.0.9)", found["elsewhere"]
        assert found["plain"]["record"]["zone_line"] == "click.acme.example. 3600 IN CNAME track.relay.example."
        assert found["idn"]["domain"] == "klick.xn--bcher-kva.example", found["idn"]
        good = [name for name, entry in found.items() if entry["in_place"]]
        status, out, error = world.run("verify", *good)
        assert status == 0 and not error, (status, out, error)
        assert f"{len(good)} of {len(good)} in place" in out, out


def test_changes(bench):
    """What is published, changed and removed while we look is seen as it is"""
    with nameserver(bench) as dns:
        world = World(bench, dns, senders={"acme": "new.acme.example"})
        for records, verdict in [
                ("", "missing"), ("new CNAME track.relay.example.", "verified"),
                ("new CNAME other.relay.example.", "wrong_target"), ("new A 127.0.0.1", "flattened"), ("", "missing")]:
            dns.set_zone("acme.example", records)
            status, found = world.verify()
            assert found["acme"]["verdict"] == verdict, (records, found)
            assert status == (0 if found["acme"]["in_place"] else 1), status


def test_trouble(bench):
    """A resolver in trouble is no statement, 75; slow and truncated answers are answers"""
    with nameserver(bench) as dns:
        world = World(bench, dns, senders={"acme": "click.acme.example"})
        for trouble, reason in [("servfail", "the resolver says SERVFAIL"), ("refused", "the resolver says REFUSED"),
                                ("silent", "no answer from the resolver in time")]:
            dns.misbehave(trouble)
            status, found = world.verify()
            assert status == 75 and found["acme"]["verdict"] == "unreachable", (status, found)
            assert reason in found["acme"]["message"], found
        for trouble in ("slow", "truncated", None):
            dns.misbehave(trouble)
            status, found = world.verify()
            assert status == 0, (trouble, found)


def test_no_resolver(bench):
    """A resolver that is not there is no statement"""
    world = World(bench, None, senders={"acme": "click.acme.example"})
    status, found = world.verify()
    assert status == 75 and "cannot be reached" in found["acme"]["message"], found


def test_flattened_refused(bench):
    """`flattened: refuse` wants a CNAME, and says so"""
    with nameserver(bench) as dns:
        world = World(bench, dns, ", flattened: refuse", {"flat": "flat.acme.example", "good": "click.acme.example"})
        status, found = world.verify()
        assert status == 1 and found["good"]["in_place"], found
        assert "flattened: refuse" in found["flat"]["message"], found


def test_https(bench):
    """A sender with https needs a certificate: for its name, in date, by an authority that we trust"""
    authority = Authority(bench.folder / "tls")
    names = ["good", "soon", "expired", "wrong", "selfsigned", "cn"]
    host = {name: f"{name}.acme.example" for name in names}
    certificates = {
        host["good"]: authority.issue("good", host["good"]), host["soon"]: authority.issue("soon", host["soon"], days=5),
        host["expired"]: authority.issue("expired", host["expired"], days=-1),
        host["wrong"]: authority.issue("wrong", "track.relay.example"),
        host["selfsigned"]: authority.issue("selfsigned", host["selfsigned"], self_signed=True),
        "a.wild.acme.example": authority.issue("wild", "*.wild.acme.example"),
        "partial.acme.example": authority.issue("partial", "par*.acme.example"),
    }
    zones = {"relay.example": "track A 127.0.0.1", "acme.example": "* CNAME track.relay.example.\n*.wild CNAME track.relay.example."}
    with nameserver(bench, zones) as dns, HTTPSServer(certificates) as server:
        closed = free_port()
        def world(policy):
            made = World(bench, dns, f", https_ca: {authority.file}, https_port: {server.port}, https_check: {policy}")
            for name in ["good", "soon", "expired", "wrong", "selfsigned", "alert"]:
                made.sender(name, f"{name}.acme.example", "scheme: https\n")
            made.sender("wild", "a.wild.acme.example", "scheme: https\n")
            made.sender("partial", "partial.acme.example", "scheme: https\n")
            made.sender("closed", f"closed.acme.example:{closed}", "scheme: https\n")
            made.sender("http", "http.acme.example", "scheme: http\n")
            made.sender("plugin", "keep.acme.example", "plugins:\n  open-tracking: { tracking_domain: expired.acme.example, scheme: https }\n")
            return made
        strict = world("require")
        status, found = strict.verify()
        problems = {
            "expired": "it has expired", "wrong": "it is not for this name", "selfsigned": "it is self-signed",
            "alert": "TLS:", "closed": f"127.0.0.1 port {closed}: Connection refused", "partial": "it is not for this name",
            "plugin": "it has expired"}
        assert status == 1, status
        for name, entry in found.items():
            assert entry["in_place"] == (name not in problems), entry
            if name in problems:
                assert entry["verdict"] == "no_https" and problems[name] in entry["message"], entry
        assert found["good"]["certificate_expires"] and not found["good"]["warnings"], found["good"]
        assert "its certificate expires in " in found["soon"]["warnings"][0], found["soon"]
        assert found["http"]["certificate_expires"] is None, found["http"]
        status, found = world("warn").verify()
        assert status == 0, found
        assert found["expired"]["verdict"] == "verified" and "it has expired" in found["expired"]["warnings"][0], found
        assert "Connection refused" in found["closed"]["warnings"][0], found["closed"]
        status, found = world("off").verify()
        assert status == 0 and all(e["certificate_expires"] is None and not e["warnings"] for e in found.values()), found


def test_https_silence(bench):
    """A server that takes the connection and says nothing is waited for 5 s and no longer"""
    with nameserver(bench) as dns, socket.create_server(("127.0.0.1", 0)) as listener:
        world = World(bench, dns, f", https_port: {listener.getsockname()[1]}")
        for number in range(5):
            world.sender(f"acme{number}", f"a{number}.wild.acme.example", "scheme: https\n")
        start = time.monotonic()
        status, found = world.verify()
        assert status == 1 and time.monotonic() - start < 8, time.monotonic() - start
        assert all("no answer within 5 s" in entry["message"] for entry in found.values()), found


def test_https_unknown_authority(bench):
    """Without https_ca the system's authorities decide; a file that is none is a mistake with its place"""
    authority = Authority(bench.folder / "tls2")
    certificates = {"click.acme.example": authority.issue("good", "click.acme.example")}
    with nameserver(bench) as dns, HTTPSServer(certificates) as server:
        world = World(bench, dns, f", https_port: {server.port}")
        world.sender("acme", "click.acme.example", "scheme: https\n")
        status, found = world.verify()
        assert status == 1 and "not by an authority that is trusted here" in found["acme"]["message"], found
        world = World(bench, dns, ", https_ca: nowhere.pem")
        status, _, error = world.run("verify", "--all")
        assert status == 78 and "signpost.yaml:3:" in error and "https_ca" in error, error
        done = bench.command("check", "--config", world.config)
        assert done.returncode == 78 and b"https_ca" in done.stderr, done.stderr


def test_show(bench):
    """`show` tells a sender what to publish, what there is and what to do"""
    with nameserver(bench) as dns:
        world = World(bench, dns, senders={"else": "else.acme.example", "apex": "acme.example", "plain": "click.acme.example"})
        status, out, _ = world.run("show", "else")
        assert status == 0, out
        for words in ("else.acme.example. 3600 IN CNAME track.relay.example.", "Name:  else ", "Type:  CNAME",
                      "Value: track.relay.example", "else.acme.example -> other.relay.example -> 127.0.0.9",
                      "NOT in place: leads to other.relay.example (127.0.0.9)", "What to do: Replace"):
            assert words in out, out
        status, out, _ = world.run("show", "apex")
        assert "DNS allows no CNAME" in out and "ALIAS" in out and "in place, by its addresses" in out, out
        status, out, _ = world.run("show", "plain")
        assert "State: in place\n" in out and "What to do" not in out, out
        status, _, error = world.run("show", "nobody")
        assert status == 67 and "nobody.yaml" in error, error
        status, _, error = world.run("show", "../senders.d/plain")
        assert status == 67, error


FILE = (b"# The people of Acme.\r\naddresses: [\"@acme.example\"]   # all of them\r\n\r\n"
        b"tracking_domain:   'old.acme.example'\t# since 2019\r\nplugins:\r\n  open-tracking: off\r\n")


def test_add_keeps_the_file(bench):
    """`add` changes the domain and no other byte, mode, owner or access control list; behind a link too"""
    with nameserver(bench) as dns:
        world = World(bench, dns)
        real, link = world.folder / "acme-real.yaml", world.senders / "acme.yaml"
        real.write_bytes(FILE)
        link.symlink_to(real)
        os.chmod(real, 0o640)
        if os.geteuid() == 0:
            os.chown(real, 12, 34)
        # user::rw- user:7:r-- group::r-- mask::r-- other::---, as in linux/posix_acl_xattr.h
        entries = [(1, 6, 0xFFFFFFFF), (2, 4, 7), (4, 4, 0xFFFFFFFF), (0x10, 4, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF)]
        acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
        with contextlib.suppress(OSError):  # not every file system has them
            os.setxattr(real, "system.posix_acl_access", acl)
        attributes = {name: os.getxattr(real, name) for name in os.listxattr(real)}
        before = real.stat()
        status, out, error = world.run("add", "acme", "click.acme.example")
        assert status == 0 and not error, error
        assert real.read_bytes() == FILE.replace(b"old.acme", b"click.acme"), real.read_bytes()
        after = real.stat()
        assert link.is_symlink()
        assert (stat.S_IMODE(after.st_mode), after.st_uid, after.st_gid) == (0o640, before.st_uid, before.st_gid)
        assert {name: os.getxattr(real, name) for name in os.listxattr(real)} == attributes
        assert [p.name for p in world.folder.iterdir() if p.name.startswith(".")] == []
        assert "click.acme.example. 3600 IN CNAME track.relay.example." in out and "State: in place" in out, out
        status, out, _ = world.run("add", "acme", "later.acme.example")
        assert status == 0 and "NOT in place" in out and "not verified yet" in out, out


def test_add_refuses(bench):
    """`add` writes nothing that would break the file, and says why"""
    world = World(bench, None)
    file = world.senders / "acme.yaml"
    for domain, words in [
            ("127.1", "not an IP address"), ("0x7f.1", "not an IP address"), ("[::1]", "not an IP address"), ("co.uk", "public suffix"),
            ("track.relay.example", "default tracking domain"), ("a_b.example", "expected a host name"),
            ("x" * 64 + ".example", "63 octets"), ("a." * 130 + "example", "253 octets"),
            ("click.acme.example\naddresses: []", "expected a port"), ("click.acme.example\n", "expected a host name"), ("https://a.example", "expected a host name")]:
        file.write_bytes(FILE)
        status, out, error = world.run("add", "acme", domain)
        assert status == 65 and words in error, (domain, status, error)
        assert file.read_bytes() == FILE
    file.write_bytes(b"addresses: [\ntracking_domain: old.acme.example\n")
    status, _, error = world.run("add", "acme", "click.acme.example")
    assert status == 65 and "acme.yaml:3:1: error:" in error and "nothing was written" in error, error
    assert sorted(p.name for p in world.senders.iterdir()) == ["acme.yaml"]


def test_add_new(bench):
    """A sender without a file gets one if it is said whose mail it is"""
    with nameserver(bench) as dns:
        world = World(bench, dns, senders={"other": "click.acme.example"})
        status, _, error = world.run("add", "acme", "click.acme.example")
        assert status == 67 and "--address" in error, error
        status, _, error = world.run("add", "acme", "click.acme.example", "--address", "@other.example")
        assert status == 65 and "claimed by another sender" in error, error
        assert not (world.senders / "acme.yaml").exists()
        status, out, error = world.run("add", "acme", "click.acme.example", "--address", "@acme.example", "--address", "n@b.example")
        assert status == 0, error
        assert (world.senders / "acme.yaml").read_text() == (
            'addresses: ["@acme.example", "n@b.example"]\ntracking_domain: click.acme.example\n')
        assert world.verify("acme")[0] == 0
        status, out, error = world.run("add", "acme", "Klick.bücher.example")
        assert status == 0 and "State: in place" in out, (out, error)
        assert "tracking_domain: Klick.bücher.example\n" in (world.senders / "acme.yaml").read_text()


def test_verify_counts(bench):
    """A broken file counts as not in place; an unknown sender is 67, wrong arguments are 64"""
    with nameserver(bench) as dns:
        world = World(bench, dns, senders={"good": "click.acme.example", "bad": "co.uk"})
        status, found = world.verify()
        assert status == 1 and found["bad"]["verdict"] == "broken_file" and found["good"]["in_place"], found
        assert world.run("verify", "good")[0] == 0
        assert world.run("verify", "bad")[0] == 1
        assert world.run("verify", "nobody", "good")[0] == 67
        assert world.run("verify")[0] == 64
        assert world.run("verify", "--all", "good")[0] == 64
        world.config.write_text("default_tracking_domains: [x]\n")
        assert world.run("verify", "--all")[0] == 78


def test_many(bench):
    """A thousand senders are verified in seconds, each domain asked for once"""
    zones = {"relay.example": "track A 127.0.0.1", "acme.example": "* CNAME track.relay.example."}
    with nameserver(bench, zones) as dns:
        world = World(bench, dns)
        for number in range(1000):
            world.sender(f"s{number}", f"d{number}.acme.example")
        start = time.monotonic()
        status, out, error = world.run("verify", "--all")
        took = time.monotonic() - start
        assert status == 0 and out.endswith("1000 of 1000 in place\n") and not error, (status, out[-200:], error)
        assert took < 20, took
        # A and AAAA of each; a busy machine may have lost a few.
        assert 2000 <= len(dns.questions) < 2200, len(dns.questions)


def test_progress(bench):
    """A long run shows on a terminal how far it is, and nowhere else"""
    with nameserver(bench) as dns:
        world = World(bench, dns)
        for number in range(200):
            world.sender(f"s{number}", f"d{number}.wild.acme.example")
        dns.misbehave("slow")
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [bench.program, "domain", "verify", "--config", world.config, "--all"], stdout=subprocess.PIPE, stderr=theirs,
            timeout=60)
        os.close(theirs)
        shown = os.read(ours, 65536)
        os.close(ours)
        assert b" of 200 domains looked up" in shown and shown.endswith(b"\r\x1b[K"), shown
        assert b"looked up" not in done.stdout and done.returncode == 0, done.stdout
