"""What changed between a message delivered without Signpost and the same one delivered through it.

An opinion of its own: nothing here is shared with Signpost. Python's email package takes both messages apart, and
every difference has to be a host name.
"""

import difflib
import email
import email.policy
import re

LINK = re.compile(r"(?:https?:)?//[A-Za-z0-9.-]+[^\s\"'<>)]*")


def parts(content):
    """(part number, header bytes, content type, body) of every part; the body is decoded, and None for a multipart."""
    def walk(part, number):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            yield number or "0", part.get_content_type(), None
            for index, child in enumerate(part.get_payload(), 1):
                yield from walk(child, f"{number}.{index}" if number else str(index))
        elif part.is_multipart():
            yield number or "1", part.get_content_type(), part.get_payload(0).as_bytes()
        else:
            yield number or "1", part.get_content_type(), part.get_payload(decode=True)
    return list(walk(email.message_from_bytes(content), ""))


def header(content):
    """The message's header fields, raw."""
    end = re.search(rb"\r?\n\r?\n", content)
    block = content[:end.start() + 2] if end else content
    return re.findall(rb"[^\n]*\n(?:[ \t][^\n]*\n?)*", block)


def links(content):
    """(place, URL) of everything that looks like a link in text parts and header fields, as a reader of bytes sees it."""
    found = [
        ("header:" + field.split(b":")[0].decode("latin-1"), url)
        for field in header(content) if field.lower().startswith(b"list-")
        for url in LINK.findall(re.sub(rb"\r?\n[ \t]", b"", field).decode("latin-1"))]
    for number, kind, body in parts(content):
        if body is not None and kind.startswith("text/"):
            found += [(number, url) for url in LINK.findall(body.decode("latin-1"))]
    return found


def moves(baseline, delivered):
    """(place, before, after) of each link that differs. Links keep their order and number; otherwise ValueError."""
    before, after = links(baseline), links(delivered)
    if [place for place, _ in before] != [place for place, _ in after]:
        raise ValueError(f"{len(before)} links became {len(after)}, or they changed places")
    return [(place, a, b) for (place, a), (_, b) in zip(before, after) if a != b]


def undone(data, undo):
    """Bytes with each new beginning of a link replaced by the old one."""
    for new, old in undo.items():
        data = data.replace(new.encode(), old.encode())
    return data


def problems(baseline, delivered, undo):
    """Everything in which the delivered message differs otherwise than by moved links.

    `undo` maps what links begin with now to what they began with: `{"//click.acme.example/": "//track.relay.example/"}`.
    """
    found = []
    for new in undo:
        if new.encode() in baseline:
            found.append(f"the test is void: {new} stands in the message already")
    if undone(b"".join(header(delivered)), undo) != b"".join(header(baseline)):
        found.append("the header differs")
    old, new = parts(baseline), parts(delivered)
    if [p[:2] for p in old] != [p[:2] for p in new]:
        return found + [f"the MIME structure was {[p[:2] for p in old]} and is {[p[:2] for p in new]}"]
    for (number, kind, a), (_, _, b) in zip(old, new):
        if a is not None and undone(b, undo) != a:
            found.append(f"part {number} ({kind}) says something else")
    found += _line_problems(baseline, delivered)
    return found


def _line_problems(baseline, delivered):
    a, b = baseline.split(b"\n"), delivered.split(b"\n")
    if baseline.count(b"\r") - len(a) != delivered.count(b"\r") - len(b):
        yield "line ends differ"
    for operation, _, _, first, last in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for number in range(first, last) if operation != "equal" else ():
            if len(b[number].rstrip(b"\r")) > 998:
                yield f"line {number + 1} has grown to {len(b[number])} octets"
    for (number, old), (_, new) in zip(_encoded(baseline), _encoded(delivered)):
        longest = max(map(len, new), default=0)
        if longest > 76 >= max(map(len, old), default=0):
            yield f"part {number} has an encoded line of {longest} octets"


def _encoded(content):
    """(number, lines) of each part in quoted-printable or base64."""
    leaves = [part for part in email.message_from_bytes(content).walk() if not part.is_multipart()]
    for number, part in enumerate(leaves, 1):
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() in ("quoted-printable", "base64"):
            yield number, part.get_payload().splitlines()


def changed_lines(baseline, delivered):
    """(lines of the original replaced or removed, lines of the original)."""
    a, b = baseline.split(b"\n"), delivered.split(b"\n")
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(last - first for kind, first, last, _, _ in blocks if kind != "equal"), len(a)


def first_difference(expected, got):
    """A sentence that shows where two messages part."""
    at = next((i for i, (x, y) in enumerate(zip(expected, got)) if x != y), min(len(expected), len(got)))
    line = expected[:at].count(b"\n") + 1
    return (f"at byte {at}, line {line}:\n"
            f"  expected …{expected[max(0, at - 30):at + 60]!r}\n  got      …{got[max(0, at - 30):at + 60]!r}")
