"""domain_check in `serve`: real look-ups while zones change, servers fail and certificates expire."""

import contextlib
import itertools
import json
import re
import time

from nameserver import Nameserver
from nameserver.tls import Authority, HTTPSServer
from tests.letters import letter, moved

ONLY_WITH = "postfix"  # the same with any MTA: what is asked is the DNS

SENDER = "news@acme.example"
RELAY = "track A 127.0.0.1\nother A 127.0.0.2"
PUBLISHED, GONE = "click CNAME track.relay.example.", ""
ELSEWHERE = "click CNAME other.relay.example."
ACME = 'addresses: ["@acme.example"]\ntracking_domain: click.acme.example\n'
_folders = itertools.count(1)


class Watched:
    """A nameserver, and the filter that asks it every second. Both are gone when left."""

    def __init__(self, bench, records, mode="require", sender=ACME, state="domains.json", more=""):
        self.bench, self.mode, self.sender, self.state, self.more = bench, mode, sender, state, more
        zones = {"relay.example": RELAY, "acme.example": records}
        self.dns = Nameserver(bench.folder / f"nameserver{next(_folders)}", zones)
        self._everything = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.dns)
            self.signpost = stack.enter_context(self.bench.signpost(edit=self._edit))
            self._everything = stack.pop_all()
        return self

    def __exit__(self, *what):
        return self._everything.__exit__(*what)

    def _edit(self, signpost):
        check = (f"domain_check: {{ mode: {self.mode}, recheck: 1s, grace: 1s, state: {self.state}, "
                 f'resolvers: ["{self.dns.address}"]{self.more} }}')
        signpost.config.write_text(signpost.config.read_text().replace("domain_check: { mode: off }", check))
        for path in signpost.senders.iterdir():
            path.unlink()
        (signpost.senders / "acme.yaml").write_text(self.sender)

    def mail(self):
        """Send a letter. Returns whether its link moved, and its log line."""
        message = letter(SENDER)
        queue_id, got = self.bench.mail(SENDER, message)
        assert got in (message, moved(message)), got
        return got != message, self.signpost.lines_of(queue_id)[0]

    def hears(self, pattern, times=1, seconds=10):
        """Wait until the log has said something that often."""
        end = time.monotonic() + seconds
        while len(re.findall(pattern, self.signpost.text())) < times:
            assert time.monotonic() < end, f"not {times} times {pattern!r} in:\n{self.signpost.text()}"
            time.sleep(0.02)

    def looks(self, name="click.acme.example"):
        """How often a name's address was asked for."""
        return self.dns.questions.count((name, 1))

    def waits_for_looks(self, number, seconds=20):
        """Wait until the domain was asked for that many more times."""
        end, before = time.monotonic() + seconds, self.looks()
        while self.looks() < before + number:
            assert time.monotonic() < end, f"{self.looks() - before} looks in {seconds} s:\n{self.signpost.text()}"
            time.sleep(0.02)

    def states(self):
        """What the state file says of each domain."""
        return {entry["domain"]: entry for entry in json.loads((self.signpost.folder / self.state).read_text())["domains"]}


def test_life_of_a_domain(bench):
    """Missing, published, retargeted, back, removed: used within seconds, dropped when seen twice, one log line for each"""
    with Watched(bench, GONE) as watched:
        watched.hears(r'not verified: missing; publish "click\.acme\.example\. CNAME track\.relay\.example\."')
        has_moved, line = watched.mail()
        assert not has_moved
        assert line == "unchanged: click.acme.example of sender acme is not verified: missing", line

        watched.dns.set_zone("acme.example", PUBLISHED)
        watched.hears("domain click.acme.example \\(sender acme\\): verified, links move to it", seconds=5)
        assert watched.mail()[0]

        before = watched.looks()
        watched.dns.set_zone("acme.example", ELSEWHERE)
        watched.hears(r"lost: wrong target \(found .*other\.relay\.example.*\); links stay on the default domain")
        assert watched.looks() - before >= 2, "dropped at the first look"
        has_moved, line = watched.mail()
        assert not has_moved and "is not verified: wrong target (found " in line, line

        watched.dns.set_zone("acme.example", PUBLISHED)
        watched.hears("verified, links move to it", times=2)
        assert watched.mail()[0]

        before = watched.looks()
        watched.dns.set_zone("acme.example", GONE)
        watched.hears("lost: missing")
        assert watched.looks() - before >= 2, "dropped at the first look"
        assert not watched.mail()[0]
        watched.waits_for_looks(3)
        lines = [line for line in watched.signpost.text().splitlines() if "domain click.acme.example" in line]
        assert len(lines) == 5, "\n".join(lines)


def test_blink(bench):
    """A domain that is gone for one look stays in use, and the log says nothing"""
    with Watched(bench, PUBLISHED) as watched:
        watched.hears("verified, links move to it")
        for _ in range(2):
            watched.dns.set_zone("acme.example", GONE)
            watched.waits_for_looks(1)
            watched.dns.set_zone("acme.example", PUBLISHED)
            watched.waits_for_looks(2)
            assert watched.mail()[0]
        assert "lost" not in watched.signpost.text(), watched.signpost.text()


def test_servers_in_trouble(bench):
    """SERVFAIL, REFUSED, silence, slow answers, answers that need TCP: a used domain stays in use"""
    with Watched(bench, PUBLISHED) as watched:
        watched.hears("verified, links move to it")
        for behaviour in ("servfail", "refused", "slow", "truncated", "silent"):
            watched.dns.misbehave(behaviour)
            # Longer than `grace`, which does not cover this.
            time.sleep(1.2)
            watched.waits_for_looks(1)
            assert watched.mail()[0], behaviour
        watched.dns.misbehave(None)
        assert "lost" not in watched.signpost.text(), watched.signpost.text()
        # And what was not used does not come into use by it.
        (watched.signpost.senders / "acme.yaml").write_text(ACME.replace("click", "new"))
        watched.dns.misbehave("servfail")
        watched.signpost.hang_up()
        watched.hears(r"domain new.acme.example \(sender acme\): not verified: unreachable \(")
        assert not watched.mail()[0]


def test_restart_without_dns(bench):
    """A restart while no resolver can be reached changes nothing: what was used is, what was not is not"""
    with Watched(bench, PUBLISHED) as watched:
        (watched.signpost.senders / "solo.yaml").write_text(
            'addresses: ["hello@solo.example"]\ntracking_domain: nothing.acme.example\n')
        watched.signpost.hang_up()
        watched.hears("click.acme.example .*: verified")
        watched.hears("nothing.acme.example .*: not verified: missing")
        assert watched.signpost.stop() == 0
        assert {name: entry["used"] for name, entry in watched.states().items()} == {
            "click.acme.example": True, "nothing.acme.example": False}
        watched.dns.stop()
        watched.signpost.start()
        assert watched.mail()[0]
        message = letter("hello@solo.example")
        queue_id, got = bench.mail("hello@solo.example", message)
        assert got == message
        assert "nothing.acme.example of sender solo is not verified: " in watched.signpost.lines_of(queue_id)[0]
        time.sleep(2)
        assert watched.mail()[0]
        assert "lost" not in watched.signpost.text(), watched.signpost.text()


def test_kill(bench):
    """After a crash the state is that of two seconds before, and whole"""
    with Watched(bench, PUBLISHED) as watched:
        watched.hears("verified, links move to it")
        end = time.monotonic() + 10
        while not watched.states().get("click.acme.example", {}).get("used"):
            assert time.monotonic() < end, watched.states()
            time.sleep(0.02)
        watched.signpost.kill()
        watched.dns.misbehave("silent")
        watched.signpost.start()
        assert watched.mail()[0]


def test_no_resolver_at_the_start(bench):
    """Without a resolver and without a state the filter serves, on the default domain; both come later"""
    with Watched(bench, PUBLISHED) as watched:
        watched.signpost.stop()
        (watched.signpost.folder / watched.state).unlink()
        watched.dns.misbehave("silent")
        watched.signpost.start(seconds=3)
        has_moved, line = watched.mail()
        assert not has_moved and "click.acme.example of sender acme is not verified: " in line, line
        watched.dns.misbehave(None)
        watched.hears("verified, links move to it", times=2, seconds=20)
        assert watched.mail()[0]


def test_damaged_state(bench):
    """A damaged state file is put aside, and every domain verified anew"""
    with Watched(bench, PUBLISHED) as watched:
        watched.signpost.stop()
        file = watched.signpost.folder / watched.state
        file.write_text(file.read_text()[:-10])
        watched.signpost.start()
        watched.hears("domains.json: it is not the JSON that signpost writes; starting without it")
        watched.hears("domains.json: kept as .*domains.json.damaged")
        watched.hears("verified, links move to it", times=2)
        assert watched.mail()[0]
        assert (watched.signpost.folder / "domains.json.damaged").exists()
        assert watched.signpost.stop() == 0
        assert watched.states()["click.acme.example"]["used"]


def test_no_place_for_the_state(bench):
    """A folder for the state that is not there: one warning that says what to do, and all else works"""
    with Watched(bench, PUBLISHED, state="missing/domains.json") as watched:
        watched.hears("domain_check.state: .*missing/domains.json: .*No such file or directory.*The folder has to be there")
        watched.hears("verified, links move to it")
        assert watched.mail()[0]
        assert watched.signpost.stop() == 0
        lines = [line for line in watched.signpost.text().splitlines() if "domain_check.state" in line]
        assert len(lines) == 1, "\n".join(lines)


def test_reload(bench):
    """A reload has a new domain looked up within seconds, and leaves the others as they are"""
    with Watched(bench, PUBLISHED + "\nnew CNAME click") as watched:
        watched.hears("click.acme.example .*: verified")
        (watched.signpost.senders / "linden.yaml").write_text(
            'addresses: ["@linden.example"]\ntracking_domain: new.acme.example\n')
        watched.signpost.hang_up()
        assert watched.mail()[0], "what was known was forgotten"
        watched.hears("new.acme.example .*: verified", seconds=3)
        message = letter("office@linden.example")
        assert bench.mail("office@linden.example", message)[1] == moved(message, b"//new.acme.example/")


def test_switched_by_reload(bench):
    """`mode` from off to require and back, by reload"""
    with Watched(bench, GONE, mode="off") as watched:
        assert watched.mail()[0] and not watched.looks()
        text = watched.signpost.config.read_text()
        watched.signpost.config.write_text(text.replace("mode: off", "mode: require"))
        watched.signpost.hang_up()
        watched.hears("not verified: missing")
        assert not watched.mail()[0]
        watched.signpost.config.write_text(text)
        watched.signpost.hang_up()
        watched.hears("reload: done", times=2)
        assert watched.mail()[0]
        looks = watched.looks()
        time.sleep(1.5)
        assert watched.looks() == looks, "still asks"


def test_warn(bench):
    """`mode: warn` uses a domain that is not verified, and says so"""
    with Watched(bench, GONE, mode="warn") as watched:
        watched.hears(r"not verified: missing; .*links move to it all the same \(mode: warn\)")
        has_moved, line = watched.mail()
        assert has_moved and line.endswith(" unverified=click.acme.example"), line


def test_domain_of_a_plugin(bench):
    """Only the links of the plugin whose own domain is not verified stay"""
    sender = ACME + "plugins: { open-tracking: { tracking_domain: img.acme.example } }\n"
    with Watched(bench, PUBLISHED, sender=sender) as watched:
        watched.hears("click.acme.example .*: verified")
        watched.hears("img.acme.example .*: not verified: missing")
        message = letter(SENDER, body=b"https://track.relay.example/o/1\r\n")
        queue_id, got = bench.mail(SENDER, message)
        assert got.count(b"//click.acme.example/c/") == 1 and got.count(b"//track.relay.example/o/1") == 1, got
        line = watched.signpost.lines_of(queue_id)[0]
        assert "left=1 (domain-not-verified=1)" in line and line.endswith(" unverified=img.acme.example"), line


def test_offline(bench):
    """`signpost rewrite` asks no DNS: it goes by the state file, and without one takes every domain for verified"""
    with Watched(bench, GONE) as watched:
        watched.hears("not verified: missing")
        watched.signpost.stop()
        message, looks = letter(SENDER), watched.looks()
        call = ["rewrite", "--config", watched.signpost.config, "--from", SENDER]
        report = bench.folder / "report.json"
        done = bench.command(*call, "--report", report, message=message)
        assert done.returncode == 0 and done.stdout == message, done
        assert json.loads(report.read_text())["unchanged_because"] == (
            "click.acme.example of sender acme is not verified: missing")
        (watched.signpost.folder / watched.state).unlink()
        done = bench.command(*call, message=message)
        assert done.stdout == moved(message) and not done.stderr, done
        assert watched.looks() == looks


def test_quick_end(bench):
    """SIGTERM does not wait for a resolver that is silent"""
    with Watched(bench, GONE) as watched:
        watched.dns.misbehave("silent")
        watched.waits_for_looks(1)
        start = time.monotonic()
        assert watched.signpost.stop() == 0
        assert time.monotonic() - start < 3, f"{time.monotonic() - start:.1f} s"


def test_certificate(bench):
    """scheme: https needs a good certificate: used with one, kept for `grace` when it expires, back with a new one"""
    authority, name = Authority(bench.folder / "watch-tls"), "click.acme.example"
    certificates = {
        label: authority.issue(label, name, days) for label, days in (("short", 5.5), ("expired", -1), ("good", 90))}
    with HTTPSServer({}) as web:
        more = f", https_port: {web.port}, https_ca: {authority.file}"
        with Watched(bench, PUBLISHED, sender=ACME + "scheme: https\n", more=more) as watched:
            watched.hears(r"domain click.acme.example \(sender acme, https\): not verified: no HTTPS \(")
            has_moved, line = watched.mail()
            assert not has_moved and "is not verified: no HTTPS (" in line, line

            web.certificates[name] = certificates["short"]
            watched.hears("https\\): verified, links move to it", seconds=5)
            watched.hears("https\\): its certificate expires in 5 days")
            assert watched.mail()[0]

            web.certificates[name] = certificates["expired"]
            watched.hears(r"https\): failing: no HTTPS \(.*; links move to it for 1 second more")
            failed = time.monotonic()
            assert watched.mail()[0], "dropped at once"
            watched.hears(r"https\): lost: no HTTPS \(.*expired.*\); links stay on the default domain")
            assert time.monotonic() - failed > 0.9
            assert not watched.mail()[0]

            web.certificates[name] = certificates["good"]
            watched.hears("https\\): verified, links move to it", times=2)
            assert watched.mail()[0]
            assert watched.signpost.text().count("expires in") == 1, watched.signpost.text()
