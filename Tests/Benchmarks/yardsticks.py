"""The same job in Python, on the messages that `Benchmarks dump` wrote: bytes per second, one line for each.

    yardsticks.py FOLDER > FILE        FOLDER has a folder of .eml files for each mixture

`python`: the standard library's `email` and a compiled HTML parser (selectolax, Lexbor inside). `lol-html`: the HTML
alone, rewritten by Cloudflare's lol-html through its binding. Both look at the
commonest of the places that Signpost knows, in the elements and in the text, and not into conditional comments. Python
also looks for a default domain in the parts that are left, which Signpost's account names.
"""

import email
import email.policy
import pathlib
import re
import sys
import time

import lolhtml
from selectolax.lexbor import LexborHTMLParser

OLD, NEW = "track.relay.example", "click.acme.example"
IN_TEXT = re.compile(r"https?://" + re.escape(OLD) + r"(?![\w.-])", re.I)
ATTRIBUTES = ("href", "src", "srcset", "background", "action", "poster", "style")


def moved(url):
    return IN_TEXT.sub(lambda found: found[0].replace(OLD, NEW), url)


def html(text):
    tree = LexborHTMLParser(text)
    changed = False
    for name in ATTRIBUTES:
        for node in tree.css(f"[{name}]"):
            value = node.attributes.get(name)
            if value and OLD in value:
                node.attrs[name] = moved(value)
                changed = True
    return tree.html if changed else None


def whole_message(raw):
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    changed = False
    left = []
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        if kind not in ("text/html", "text/plain") or part.get_content_disposition() == "attachment":
            if OLD.encode() in part.get_payload(decode=True).lower():
                left.append(kind)
            continue
        text = part.get_content()
        new = html(text) if kind == "text/html" else moved(text)
        if new is not None and new != text:
            encoding = part["content-transfer-encoding"]
            part.set_content(new, subtype=kind[5:], cte=str(encoding))
            changed = True
    return message.as_bytes() if changed else raw


class Mover:
    """Moves the links of one attribute of an element."""

    def __init__(self, name):
        self.name = name

    def element(self, element):
        value = element.get_attribute(self.name)
        if value and OLD in value:
            element.set_attribute(self.name, moved(value))


class TextMover:
    """Moves the URLs in text."""

    def text(self, chunk):
        if OLD in chunk.text:
            chunk.replace(moved(chunk.text), lolhtml.ContentType.HTML)


def lol_html(content):
    output = bytearray()
    rewriter = lolhtml.HTMLRewriter(output.extend)
    for name in ATTRIBUTES:
        rewriter.on(f"[{name}]", Mover(name))
    rewriter.on("*", TextMover())
    rewriter.write(content)
    rewriter.end()
    return output


def best(work, arguments, rounds=3):
    """The least of the processor times of some rounds over all arguments."""
    times = []
    for _ in range(rounds):
        start = time.thread_time()
        for argument in arguments:
            work(argument)
        times.append(time.thread_time() - start)
    return min(times)


def main(folder):
    for mixture in sorted(path for path in pathlib.Path(folder).iterdir() if path.is_dir()):
        messages = [path.read_bytes() for path in sorted(mixture.glob("*.eml"))]
        size = sum(map(len, messages))
        assert any(NEW.encode() in whole_message(raw) for raw in messages) == (mixture.name != "linkless")
        print(f"python {mixture.name}\t{size / best(whole_message, messages):.0f}", flush=True)
        if mixture.name == "html":
            contents = [raw.partition(b"\r\n\r\n")[2] for raw in messages]
            assert all(NEW.encode() in lol_html(content) for content in contents)
            print(f"lol-html html\t{size / best(lol_html, contents):.0f}", flush=True)


main(sys.argv[1])
