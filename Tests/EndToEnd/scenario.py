"""A scenario: a folder that says which messages are sent, how, and what must come of each. See scenarios/README.md."""

import collections
import pathlib
import re
import tomllib

import compare
from mta import smtp
from skipped import Skipped

DEFAULT_DOMAIN = "track.relay.example"
HOW = ("port", "source", "client", "login")
_KEYS = {"message", "from", "submit", "expect", "links", "undo", "log", "changed_by", *HOW}


class Scenario:
    """One folder; `run` raises AssertionError with everything that is not as it should be."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.name = self.folder.name
        settings = tomllib.loads((self.folder / "scenario.toml").read_text())
        self.says = settings["says"]
        self.mails = settings["mail"]
        self.not_with = settings.get("not_with", {})
        for mail in self.mails:
            if unknown := set(mail) - _KEYS:
                raise ValueError(f"{self.folder}/scenario.toml: unknown {', '.join(sorted(unknown))}")

    @property
    def configuration(self):
        """The folder of its own configuration in a list, which is empty where it has none."""
        return [self.folder] if (self.folder / "signpost.yaml").exists() else []

    def run(self, bench):
        if reason := self.not_with.get(bench.mta.name):
            raise Skipped(reason)
        with bench.signpost(*self.configuration) as signpost:
            before = len(bench.mta.complaints())
            wrong = [
                f"{mail['message']}: {problem}"
                for mail in self.mails for problem in self._send(bench, signpost, mail)]
            wrong += bench.mta.complaints()[before:]
            if wrong:
                said = "".join(f"\n  signpost: {line}" for line in signpost.text().splitlines()[-8:])
                raise AssertionError("\n".join(wrong) + said)

    def _send(self, bench, signpost, mail):
        """Send one message three ways: past the filter, through it, and what came out through it again."""
        changes = bench.mta.name in mail.get("changed_by", [])

        def alone(message):
            """What the MTA makes of a message by itself."""
            return bench.baseline(sender, message, **how) if changes else message

        message = smtp.wire((self.folder / mail["message"]).read_bytes())
        sender, how = mail["from"], {key: mail[key] for key in HOW if key in mail}
        if mail.get("submit") == "sendmail":
            baseline, queue_id, delivered = message, *self._submit(bench, sender, message)
        else:
            baseline = bench.baseline(sender, message, **how)
            if changes and baseline == message:
                return [f"{bench.mta.name} alone does not change it"]
            if not changes and baseline != message:
                return [f"{bench.mta.name} alone changes it {compare.first_difference(message, baseline)}"]
            queue_id, delivered = bench.mail(sender, message, **how)
        wrong = list(self._judge(mail, baseline, delivered, alone))
        wrong += _log_problems(mail, queue_id, signpost.lines_of(queue_id))
        wrong += _offline_problems(bench, signpost, sender, message, delivered, how, alone)
        if delivered != baseline:
            _, again = bench.mail(sender, delivered, **how)
            if again != (expected := alone(delivered)):
                wrong.append(f"a second pass changes it again {compare.first_difference(expected, again)}")
        return wrong

    @staticmethod
    def _submit(bench, sender, message):
        recipient = bench.recipient()
        bench.mta.sendmail(sender, [recipient], message.replace(b"\r\n", b"\n"))
        delivery = bench.delivered(recipient)
        return bench.mta.queue_id_for(recipient), delivery

    def _judge(self, mail, baseline, delivered, alone):
        expect, links = mail["expect"], mail.get("links", {})
        undo = mail.get("undo") or {f"//{host}/": f"//{DEFAULT_DOMAIN}/" for host in links}
        if expect == "unchanged" or expect == "either" and delivered == baseline:
            if delivered != baseline:
                yield f"should be as it came {compare.first_difference(baseline, delivered)}"
            return
        if expect.endswith(".eml"):
            expected = alone(smtp.wire((self.folder / expect).read_bytes()))
            if delivered != expected:
                yield f"is not {expect} {compare.first_difference(expected, delivered)}"
        elif expect not in ("moved", "either"):
            raise ValueError(f"{self.folder}/scenario.toml: expect = {expect}")
        yield from compare.problems(baseline, delivered, undo)
        try:
            moved = compare.moves(baseline, delivered)
        except ValueError as error:
            yield str(error)
            return
        hosts = collections.Counter(re.match(r"(?:https?:)?//([^/:?#]+)", after).group(1) for _, _, after in moved)
        if hosts != links:
            yield f"links went to {dict(hosts)}, not to {links}"


def _log_problems(mail, queue_id, lines):
    if len(lines) != 1:
        yield f"{len(lines)} log lines begin with {queue_id}: {lines}"
        return
    patterns = mail.get("log", [])
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        if not re.search(pattern, lines[0]):
            yield f"the log says {lines[0]!r}, not {pattern!r}"


def _offline_problems(bench, signpost, sender, message, delivered, how, alone):
    """`signpost rewrite` has to say what the MTA delivered, with either line end."""
    done = bench.rewrite(signpost, sender, message, **how)
    if done.returncode != 0:
        yield f"signpost rewrite ends with {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
        return
    if (rewritten := alone(done.stdout)) != delivered:
        yield f"signpost rewrite says otherwise {compare.first_difference(delivered, rewritten)}"
    if b"\n" not in message.replace(b"\r\n", b""):
        expected = done.stdout.replace(b"\r\n", b"\n")
        again = bench.rewrite(signpost, sender, message.replace(b"\r\n", b"\n"), **how)
        if again.stdout != expected:
            yield f"signpost rewrite says otherwise with LF {compare.first_difference(expected, again.stdout)}"


def all_in(folder):
    """Every scenario, by name."""
    return [Scenario(path.parent) for path in sorted(folder.glob("*/scenario.toml"))]
