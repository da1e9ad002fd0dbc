#!/usr/bin/env python3
"""Signpost in a real Postfix, for a person to see: `make demo`.

Three campaigns go by SMTP through a private Postfix with Signpost before it: two senders with tracking domains of their
own, one without. Each is sent past Signpost too, so that it can be shown what Signpost changed, and that it changed
nothing else. Leaves nothing running; exits 1 where anything is off.
"""

import difflib
import email
import email.policy
import subprocess
import sys

import binary
import compare
from bench import HERE, Bench
from mta import processes, smtp
from mta.unusable import Unusable

#: (message, envelope sender, how its letter is encoded, its tracking domain, links that have to move)
CAMPAIGNS = [
    ("acme", "news@acme.example", "quoted-printable", "click.acme.example", 21),
    ("linden", "boxoffice@linden.example", "base64", "go.linden.example", 17),
    ("solo", "hello@solo.example", "7bit", None, 0),
]
DEFAULT = "track.relay.example"


def bold(text):
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


def coloured(line):
    colour = {"-": 31, "+": 32, "@": 36}.get(line[:1])
    return f"\033[{colour}m{line}\033[0m" if colour and sys.stdout.isatty() else line


def readable(content):
    """The message as lines for a person: raw, but with base64 text decoded in its place."""
    text = content.decode("utf-8", "replace")
    for _, kind, body in compare.parts(content):
        encoded = body is not None and kind.startswith("text/") and _base64_block(content, body)
        if encoded:
            text = text.replace(encoded, body.decode("utf-8", "replace"))
    return [line.rstrip("\r") for line in text.split("\n")]


def _base64_block(content, body):
    """The raw text of the part with this decoded body, where it is base64."""
    for part in email.message_from_bytes(content).walk():
        if part.get("Content-Transfer-Encoding", "").lower() == "base64" and part.get_payload(decode=True) == body:
            return part.get_payload()
    return None


def show_links(moved):
    place = None
    for where, before, after in moved:
        if where != place:
            print(f"   {'part ' if where[0].isdigit() else ''}{where.replace(':', ' ')}")
            place = where
        print(f"     {before}\n     → {after}")


def show_difference(baseline, delivered):
    lines = difflib.unified_diff(
        readable(baseline), readable(delivered), "delivered without Signpost", "delivered with Signpost", n=0, lineterm="")
    for line in lines:
        print("   " + coloured(line))


def show(bench, signpost, name, sender, encoding, domain, links):
    """One campaign. Returns what is off."""
    message = smtp.wire((HERE / f"campaigns/{name}.eml").read_bytes())
    baseline = bench.baseline(sender, message)
    queue_id, delivered = bench.mail(sender, message)
    subject = str(email.message_from_bytes(message, policy=email.policy.default)["Subject"])
    print()
    print(bold(f"{sender}: “{subject}” ({encoding}, {len(message)} bytes)"))
    print(f"   tracking domain: {domain or 'none; there is no file for this sender'}")
    log = signpost.lines_of(queue_id)
    for line in log:
        print(f"   log: {queue_id}: {line}")

    wrong = []
    if baseline != message:
        wrong.append("Postfix alone changed the message: nothing can be said of Signpost")
    if len(log) != 1:
        wrong.append(f"{len(log)} log lines for {queue_id}")
    if domain is None:
        if delivered != baseline:
            wrong.append("it should have been delivered as it came")
        print(f"   delivered as it came, byte for byte; its links stay on {DEFAULT}" if not wrong else "")
        return wrong

    try:
        moved = compare.moves(baseline, delivered)
    except ValueError as error:
        return [*wrong, str(error)]
    wrong += compare.problems(baseline, delivered, {f"//{domain}/": f"//{DEFAULT}/"})
    if len(moved) != links:
        wrong.append(f"{len(moved)} links moved, not {links}")
    for where, before, after in moved:
        if after != before.replace(f"//{DEFAULT}/", f"//{domain}/", 1):
            wrong.append(f"{where}: {before} became {after}")
    print(f"\n   {len(moved)} links, before → after")
    show_links(moved)
    print("\n   everything that differs" + (" (base64 decoded)" if encoding == "base64" else ""))
    show_difference(baseline, delivered)
    if not wrong:
        changed, total = compare.changed_lines(baseline, delivered)
        print(f"\n   {changed} of {total} raw lines differ. With the hosts put back, the header and every decoded part are"
              f"\n   the sender's own again, byte for byte; structure, encodings and line ends are untouched.")
    return wrong


def main():
    processes.become_root()
    processes.leave_by_exception()
    program = binary.find()
    wrong = []
    try:
        with Bench(program) as bench, bench.signpost() as signpost:
            version = subprocess.run(["/usr/sbin/postconf", "-dh", "mail_version"], capture_output=True, text=True).stdout
            print(f"A private Postfix {version.strip()} listens on 127.0.0.1:{bench.mta.port['relay']} and asks Signpost")
            print(f"at unix:{signpost.milter} about every message. Tracking links are on {DEFAULT}.")
            for campaign in CAMPAIGNS:
                off = show(bench, signpost, *campaign)
                for problem in off:
                    print(bold(f"   WRONG: {problem}"))
                wrong += off
            for complaint in bench.mta.complaints():
                print(bold(f"   WRONG: Postfix says: {complaint}"))
                wrong.append(complaint)
            status = signpost.stop()
            if status:
                wrong.append(f"signpost ended with {status}")
    except (Unusable, smtp.Refused, AssertionError) as reason:
        print(bold(f"WRONG: {reason}"))
        wrong.append(str(reason))
    print()
    print(bold("Something is off: see above." if wrong else "All is as it should be, and nothing is left running."))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
