#!/usr/bin/env python3
"""What Python's email package says of messages before and after `signpost rewrite`, and of real ones.

    python3 Tests/EndToEnd/second_opinion.py [--corpus DIR] [--keep DIR] [fixtures] [generated] [untouched] [busiest]

fixtures   our own messages (always there)
generated  the corpus's messages with links, as corpus.py rewrites them
untouched  the corpus's real mails and templates, with a default domain that none of them mentions: same bytes
busiest    the same with the hosts that they link to most as default domains, judged by the corpus's judge as well

The email package has to agree, by its old policy (compat32) and its new one, on the structure, on every header field
but the List-* ones, and on every decoded part but for the hosts.
"""

import argparse
import base64
import collections
import concurrent.futures
import email
import email.policy
import html
import json
import os
import pathlib
import quopri
import re
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse
import warnings

import binary
import corpus

HERE = pathlib.Path(__file__).resolve().parent
POLICIES = {"compat32": email.policy.compat32, "default": email.policy.default}
CUSTOM = "click.second-opinion.example"
NOWHERE = "no-such-host.second-opinion.example"
#: What a host may be written in: nothing that ends one.
SPELLING_LIMIT = 400
SENDER = "news@acme.example"


# ---- Comparison

def problems(before, after, defaults, custom):
    """Everything in which the email package sees a difference that is not a host."""
    found = []
    for name, policy in POLICIES.items():
        try:
            old = _reading(before, policy)
        except Exception:  # the package itself fails on some mail; then it has no opinion
            continue
        try:
            new = _reading(after, policy)
        except Exception as error:
            found.append(f"{name}: cannot read what was delivered: {error!r}")
            continue
        if [p.shape for p in old] != [p.shape for p in new]:
            found.append(f"{name}: the structure was {[p.shape for p in old]} and is {[p.shape for p in new]}")
            continue
        for a, b in zip(old, new):
            if a.headers != b.headers:
                found.append(f"{name}: part {a.number}: header {_first(a.headers, b.headers)}")
            if a.defects != b.defects:
                found.append(f"{name}: part {a.number}: defects {a.defects} became {b.defects}")
            if a.shape[1].startswith("multipart/") and not a.shape[0]:
                continue  # a boundary that the package does not understand: it has no opinion of what is in there
            if a.content != b.content and not a.is_text:
                found.append(f"{name}: part {a.number}: {a.shape[1]} was changed")
            elif a.content != b.content:
                problem = _not_a_host(a, b, defaults, custom)
                if problem:
                    found.append(f"{name}: part {a.number}: {problem}")
    return found


Part = collections.namedtuple("Part", "number shape headers defects content is_text")


def _reading(message, policy):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = []
        root = email.message_from_bytes(message, policy=policy)
        for number, part in enumerate(root.walk()):
            charset = part.get_content_charset()
            kind = part.get_content_type()
            shape = (part.is_multipart(), kind, charset, str(part.get("content-transfer-encoding")),
                     part.get_content_disposition(), len(part.get_payload()) if part.is_multipart() else None)
            headers = [(key, str(value)) for key, value in part.raw_items() if not key.lower().startswith("list-")]
            content = None if part.is_multipart() else part.get_payload(decode=True)
            is_text = kind.startswith("text/")
            if is_text and content is not None:
                content = _text(_decoded(content, part), charset)
            # The text around parts counts as theirs.
            content = content if content is not None else (part.preamble, part.epilogue)
            parts.append(Part(number, shape, headers, [type(d).__name__ for d in part.defects], content, is_text))
        return parts


def _decoded(content, part):
    """What the package left encoded because the encoding's name has a comment or white space beside it."""
    written = str(part.get("content-transfer-encoding", "")).lower()
    name = re.sub(r"\([^)]*\)?|[;\"].*|\s", "", written, flags=re.DOTALL)
    if name == written:
        return content
    if name == "quoted-printable":
        return quopri.decodestring(content)
    return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/=]", b"", content) + b"==") if name == "base64" else content


def _text(content, charset):
    for name in (charset, "latin-1"):
        try:
            return content.decode(name)
        except (LookupError, UnicodeError, TypeError, ValueError):
            continue


def _first(old, new):
    return next(((a, b) for a, b in zip(old, new) if a != b), (len(old), len(new)))


def _not_a_host(old, new, defaults, custom):
    """Why one text is not the other with default domains in the places of custom ones; None where it is.

    In text that is not encoded a line too long may have been broken at white space: there, all white space is alike."""
    # UTF-16 whose label is missing or wrong; and a soft break with white space behind it, which quopri does not take.
    a, b = (re.sub(r"=[ \t]+\r?\n|\0", "", text) for text in (old.content, new.content))
    if not re.search("quoted-printable|base64", old.shape[3], re.IGNORECASE):
        a, b = (re.sub(r"[ \t\r\n]", " ", text) for text in (a, b))
        a, b = (text.replace("  ", " ") for text in (a, b))
    pieces = re.split(re.escape(custom) + r"(?::\d+)?", b)
    if not a.startswith(pieces[0]):
        return "differs before its first link: " + _shown(a, pieces[0])
    position = len(pieces[0])
    for index, piece in enumerate(pieces[1:], 1):
        is_last = index == len(pieces) - 1
        start = len(a) - len(piece) if is_last else position
        at = a.find(piece, max(start, position), position + SPELLING_LIMIT + len(piece))
        if at < 0:
            return "differs behind a link: " + _shown(a[position:], piece)
        if not _is_spelling(a[position:at], defaults, custom):
            return f"{a[position:at]!r} became {custom}"
        position = at + len(piece)
    return None if position == len(a) else "has lost its end: " + repr(a[position:position + 80])


def _shown(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"{a[max(0, at - 30):at + 50]!r} became {b[max(0, at - 30):at + 50]!r}"


def _is_spelling(text, defaults, custom):
    """Whether the text is one of the hosts, as HTML, CSS, JSON or a URL may write it."""
    forms = {text}
    for step in (
            html.unescape,
            lambda s: re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), s),
            lambda s: re.sub(r"\\([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?", lambda m: chr(int(m[1], 16)), s),
            lambda s: re.sub(r"\\(?:\r\n|[\r\n\f])", "", s),
            lambda s: re.sub(r"\\(.)", r"\1", s),
            urllib.parse.unquote):
        forms |= {step(form) for form in forms}
    for form in forms:
        form = re.sub(r"[ \t\r\n\u00ad\u200b\u2060\ufeff\u034f\u180b-\u180f\ufe00-\ufe0f]", "", form)
        form = unicodedata.normalize("NFKC", form).replace("\u3002", ".").casefold()
        form = re.sub(r":\d*$", "", form).rstrip(".").strip()
        for candidate in (form, _alabels(form)):
            if candidate == custom or any(_matches(candidate, default) for default in defaults):
                return True
    return False


def _alabels(name):
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name


def _matches(name, default):
    default = default.casefold()
    if default.startswith("*."):
        return name.endswith(default[1:])
    return name == default or name == _alabels(default)


# ---- What is compared

def _configuration(folder, defaults, custom):
    (folder / "senders.d").mkdir(parents=True)
    (folder / "signpost.yaml").write_text(corpus.MAIN_FILE.format(defaults=json.dumps(defaults)))
    (folder / "senders.d/acme.yaml").write_text(f'addresses: ["{SENDER}"]\ntracking_domain: {custom}\n')
    return folder / "signpost.yaml"


def _rewrite(signpost, config, message, sender=SENDER):
    done = subprocess.run(
        [signpost, "rewrite", "--config", config, "--from", sender], input=message, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace").strip()


def _all(work, items):
    with concurrent.futures.ThreadPoolExecutor(corpus.PARALLEL) as pool:
        return list(pool.map(work, items))


def _compare(signpost, name, message, config, defaults, custom, sender=SENDER):
    status, after, error = _rewrite(signpost, config, message, sender)
    if status:
        return [f"{name}: exit {status}: {error[:300]}"], False
    return [f"{name}: {problem}" for problem in problems(message, after, defaults, custom)], message != after


def fixtures(signpost, folder):
    """Our own messages. Returns (messages, findings)."""
    config = _configuration(folder / "fixtures", ["track.relay.example"], CUSTOM)
    paths = [p for p in sorted(HERE.rglob("*.eml")) if p.stat().st_size]
    results = _all(lambda p: _compare(
        signpost, str(p.relative_to(HERE)), p.read_bytes(), config, ["track.relay.example"], CUSTOM), paths)
    return len(results), sum(changed for _, changed in results), [f for found, _ in results for f in found]


def generated(signpost, folder, source):
    """The corpus's messages with links. Returns (messages, findings)."""
    chosen = list(corpus.messages(source, ""))
    lookup = corpus.write_configurations(folder, chosen)

    def one(item):
        relative, expectations = item
        config, sender = lookup(expectations)
        message = (source / "generated" / relative).read_bytes()
        return _compare(
            signpost, str(relative), message, config, expectations["default_domains"], expectations["custom_domain"], sender)

    results = _all(one, chosen)
    return len(results), sum(changed for _, changed in results), [f for found, _ in results for f in found]


def real(source):
    """(name, bytes) of every real mail, and of every template as a mail of its own."""
    for path in sorted((source / "raw/eml").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(source)), path.read_bytes()
    head = b"From: news@acme.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    for path in sorted((source / "raw/html").rglob("*")):
        if path.is_file():
            yield str(path.relative_to(source)), head + path.read_bytes()


def untouched(signpost, folder, source):
    """Nothing moves where no default domain is mentioned. Returns (messages, findings)."""
    config = _configuration(folder / "untouched", [NOWHERE], CUSTOM)

    def one(item):
        name, message = item
        status, after, error = _rewrite(signpost, config, message)
        if status == 65 and not after:
            return [] if _is_no_message(message) else [f"{name}: is no message? {error}"]
        if status:
            return [f"{name}: exit {status}: {error[:300]}"]
        return [] if after == message else [f"{name}: was changed"]

    results = _all(one, list(real(source)))
    return len(results), 0, [f for found in results for f in found]


def _is_no_message(message):
    """Neither a header field nor an empty line at its start."""
    return not re.match(rb"\r?\n|[^\n]*?[!-9;-~]+[ \t]*:|From ", message)


def busiest(signpost, folder, source, count=50):
    """The hosts that real mail links to most, as default domains. Returns (messages, findings)."""
    messages = list(real(source))
    hosts = collections.Counter()
    for _, message in messages:
        hosts.update({h.lower() for h in re.findall(rb"https?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)", message)})
    defaults = [h.decode() for h, _ in hosts.most_common() if not h.rsplit(b".", 1)[1].isdigit() and b"-." not in h][:count]
    config = _configuration(folder / "busiest", defaults, CUSTOM)
    findings, changed = [], 0

    def one(item):
        number, (name, message) = item
        status, after, error = _rewrite(signpost, config, message)
        if status:
            return name, [] if status == 65 else [f"{name}: exit {status}: {error[:300]}"], False
        for tree, content in (("before", message), ("after", after)):
            (folder / tree).mkdir(exist_ok=True)
            (folder / tree / f"{number:04}.eml").write_bytes(content)
        return name, [f"{name}: {p}" for p in problems(message, after, defaults, CUSTOM)], message != after

    names = {}
    for number, (name, found, moved) in enumerate(_all(one, list(enumerate(messages)))):
        names[f"{number:04}.eml"] = name
        findings += found
        changed += moved
    options = [word for host in defaults for word in ("--default", host)]
    bad, _ = corpus.judge(
        corpus.judge_python(), source / "check_rewrite.py", "--batch", "--no-expect", *options, "--custom", CUSTOM,
        folder / "before", folder / "after", "-j", str(corpus.PARALLEL))
    for path, verdict in bad.items():
        for violation in verdict["violations"][:5]:
            findings.append(f"{names[path.name]} ({path.name}): the judge: {json.dumps(violation)[:400]}")
    return len(messages), changed, findings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["fixtures", "generated", "untouched", "busiest"])
    parser.add_argument("--signpost", help="the program to test (default: $SIGNPOST_BINARY or .build/release/signpost)")
    parser.add_argument("--corpus", default=os.environ.get("SIGNPOST_CORPUS"), help="default: $SIGNPOST_CORPUS")
    parser.add_argument("--keep", metavar="DIR", help="keep everything that was made there")
    options = parser.parse_args()
    signpost = binary.find(options.signpost)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="signpost-opinion-") as temporary:
        folder = pathlib.Path(options.keep or temporary)
        for what in options.what:
            arguments = [] if what == "fixtures" else [pathlib.Path(options.corpus)]
            total, changed, findings = globals()[what](signpost, folder / what, *arguments)
            print("\n".join(findings))
            print(f"{what}: {total} messages, {changed} rewritten, {len(findings)} findings", flush=True)
            bad += len(findings)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
