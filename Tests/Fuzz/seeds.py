#!/usr/bin/env python3
"""Writes the seed corpus: one folder per fuzz target, one small file per phenomenon, made from what our own tests use.

The targets take their choices from the end of a file, so text seeds carry a few bytes of choices behind the text.
"""

import base64
import pathlib
import quopri
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
URL = "https://track.relay.example/c/1?a=1&amp;b=2"
URLS = [
    URL, "http://track.relay.example", "//track.relay.example/o", "https:track.relay.example/c", "///track.relay.example/c",
    "https:\\\\track.relay.example\\c", "HTTPS://TRACK.RELAY.EXAMPLE:443/", "https://x.t.relay.example/#f",
    "https://u:p@track.relay.example/", "https://:@track.relay.example/", "https://track.relay.example./x",
    "https://tr%61ck.relay.example/", "https://track\u3002relay\uff0eexample/", " https://track.\n\trelay.example/c ",
    "https://track.relay.example.evil.test/", "https://evil.test/?u=https://track.relay.example/",
    "https://xn--bcher-kva.example/", "https://b\u00fccher.example/", "https://track.relay.example:99999/", "https://[::1]/",
    "&#104;ttps&colon;&sol;/tr&#x61;ck.relay&period;example/", "https://track.relay.example:/", "mailto:a@track.relay.example",
]
HTML = [
    '<a href="%s">x</a>', "<area href='%s'>", "<link href=%s>", "<base href = %s >", '<v:rect href="%s"><v:fill src="%s"/></v:rect>',
    '<svg><a xlink:href="%s"/><image href="%s"/><foreignObject><p></foreignObject></svg>', '<img src="%s" alt="%s">',
    '<img srcset="%s 1x, %s 2x">', '<link imagesrcset="%s 100w,%s">', '<td background="%s">', '<form action="%s">',
    '<button formaction="%s">', '<video poster="%s">', '<object data="%s">', '<blockquote cite="%s">', '<img longdesc="%s">',
    '<math><mi href="%s"><annotation-xml encoding="text/html"><p></math>', '<meta http-equiv="refresh" content="0; url=\'%s\'">',
    '<p style="background:url(%s)">', "<style>@import '%s'; a{b:url( %s ) url(\"%s\")} /* %s */</style>",
    '<script type="application/ld+json">{"a": "%s", "%s": 1}</script>', "<script>x='%s'<!--<script></script>--></script>",
    "text %s, and <b>more</b>", "<!--[if mso]><a href='%s'><!-- x --><![endif]-->", "<![if !mso]><a href='%s'><![endif]>",
    "<!--[if !mso]><!--><a href='%s'><!--<![endif]-->", "<!-- %s --><!--> --><!---> <!--x--!>", '<form action-xhr="%s">',
    "<title>%s</title><textarea>%s</textarea>", "<pre> <a  href='%s'> </pre>", '<a HREF="%s" href="%s">', "<a title='%s' data-x='%s'",
    "<svg><![CDATA[ %s ]]></svg>", "<!DOCTYPE html><?xml x?></ %s><plaintext><a href='%s'>",
]
CSS = [
    "a{b:url(%s)}", "url('%s')", 'url( "%s" )', "@import '%s';", '@import url(%s);', "u\\72l(%s)", "url(\\68 ttps://tr\\61 ck.relay.example/)",
    "/* %s */ \"%s\" a{}", "url(a b %s)", "url(%s",
]
TEXT = [
    "%s", "see %s.", "<%s>", "> quoted %s,", "(%s)", "%s?!", "http://a%s", "x=%s&y", "%s\u3002\u6b21", "www.x %s", "\"%s\" '%s'",
    "-----BEGIN PGP SIGNED MESSAGE-----\n%s", "word " * 250 + "%s",
]
HEADERS = [
    "<%s>", " <%s>,\n <mailto:u@track.relay.example>", "(comment) <%s> x", "<https://track.relay\n .example/>", "=?utf-8?q?%s?=",
    "=?utf-8?b?aHR0cHM6Ly90cmFjay5yZWxheS5leGFtcGxlLw==?=", "A B <a@acme.example>", '"a@b" <"x y"@acme.example>', "g: a@x.example, b@y.example;",
    "a@x.example, c (d (e)) @ f.example", "<@r.example,@s.example:a@x.example>", "SRS0=x=y=z.example=a@acme.example", "a@[1.2.3.4]",
    "=?utf-8?q?a?=@x.example", "a@b\u00fccher.example", "@*.acme.example", "attachment; filename=\"a;b\\\"\" (c)", "multipart/mixed; boundary=\"a b=\"",
]
YAML = [
    "default_tracking_domains: [track.relay.example, \"*.t.relay.example\"]\nsenders: senders.d\nlisten: inet:8891@127.0.0.1\n",
    "default_tracking_domains:\n  - track.relay.example\nsenders: senders.d\nplugins:\n  directory: plugins\n  load:\n    - click-tracking: { paths: [\"/c/*\"] }\n    - x\n"
    "leave_paths: [/x]\noutbound: { authenticated: true, networks: [\"127.0.0.0/8\", \"::1\"], daemon_names: [ORIGINATING] }\nidentify_sender_by: [login]\n"
    "rewrite: { html: true, headers: [List-Help] }\nsigned_mail: skip\non_error: accept\ntrace_header: off\nmax_message_size: 64MiB\n"
    "domain_check: { mode: require, recheck: 1h, grace: 24h, state: s.json, resolvers: [\"127.0.0.1:53\"] }\nlog: { to: syslog, level: info }\nsocket_mode: 0660\n",
    "a: &x [1, 2]\nb: *x\n? c\n: |\n  d\n  e\nf: 'g\n\n  h'\n", "!!binary x: \"\\u00e9\\x41\"\n--- \n...\n",
]
SENDERS = [
    "addresses: [\"@acme.example\", \"@*.acme.example\", \"news@acme-mail.example\"]\nlogins: [acme]\nnetworks: [10.0.0.0/8]\n"
    "tracking_domain: click.acme.example:8443\nscheme: https\nplugins:\n  open-tracking: { tracking_domain: img.acme.example }\n  subscription: off\n",
]
TRANSFER = ["identity", "qp", "base64"]
CHARSETS = {
    "shift_jis": "日本語 表示ソ", "gbk": "中文 網", "gb18030": "中文\U00020000", "big5": "中文功", "euc-kr": "한국어 똠", "cp949": "똠방각하",
    "iso-2022-jp": "日本語", "iso-2022-kr": "한국어", "hz": "中文~", "utf-7": "é + ü", "utf-16": "é日", "utf-16-le": "é日", "utf-16-be": "é日",
    "utf-32": "é日", "utf-8": "é日", "johab": "한국어",
}


def filled(templates, urls=URLS[:1]):
    return [template.replace("%s", url) for template in templates for url in urls]


def messages():
    html = "\n".join(filled(HTML[:24]))
    text = "\n".join(filled(TEXT[:8], URLS[:3])).replace("&amp;", "&")
    for encoding in ("7bit", "quoted-printable", "base64", "8bit", "binary", ""):
        for kind, content in (("html", html), ("plain", text), ("x-amp-html", html)):
            for newline in ("\n", "\r\n"):
                raw = content.encode()
                if encoding == "quoted-printable":
                    raw = quopri.encodestring(raw)
                elif encoding == "base64":
                    raw = base64.encodebytes(raw)
                head = f"Subject: x\nList-Unsubscribe: <{URLS[1]}>\nContent-Type: text/{kind}; charset=utf-8\n"
                if encoding:
                    head += f"Content-Transfer-Encoding: {encoding}\n"
                yield (head.encode() + b"\n" + raw).replace(b"\n", newline.encode())
    for charset, sample in CHARSETS.items():
        raw = (HTML[0].replace("%s", URL) + sample + HTML[6].replace("%s", URL)).encode(charset)
        yield f"Content-Type: text/html; charset={charset}\nContent-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(raw)
        yield f"Content-Type: text/html; charset={charset}\n\n".encode() + raw
    for boundary, outer in (("a", "mixed"), ("a=", "alternative"), ("a b", "signed"), ("ab", "digest")):
        yield (f"Content-Type: multipart/{outer}; boundary=\"{boundary}\"\n\npreamble {URL}\n--{boundary}\n\n{text}\n--{boundary}\n"
               f"Content-Type: multipart/related; boundary=\"{boundary}b\"\n\n--{boundary}b\nContent-Type: text/html\n\n{html}\n--{boundary}b--\n"
               f"--{boundary}\nContent-Disposition: attachment\nContent-Type: text/html\n\n{html}\n--{boundary}\nContent-Type: message/rfc822\n\n"
               f"Content-Type: text/html\n\n{html}\n--{boundary}--\nepilogue {URL}\n").encode()
    yield f"\n\n{URL}".encode()
    for file in sorted(ROOT.glob("Tests/EndToEnd/**/*.eml")):
        if file.stat().st_size < 20_000:
            yield file.read_bytes()


def packets():
    """Resolvers' answers: aliases, addresses, both kinds of "no", a referral; names whole and compressed."""
    def name(text):
        return b"".join(bytes([len(label)]) + label for label in text.encode().split(b".")) + b"\0"

    def record(owner, kind, data, time=300):
        return owner + struct.pack(">HHIH", kind, 1, time, len(data)) + data

    def packet(code, answers=(), authority=()):
        head = struct.pack(">HHHHHH", 1, 0x8180 | code, 1, len(answers), len(authority), 0)
        return head + name("click.acme.example") + b"\0\1\0\1" + b"".join([*answers, *authority])

    asked, below = b"\xc0\x0c", b"\3www\xc0\x12"
    alias = record(asked, 5, name("track.relay.example"))
    soa = record(b"\xc0\x12", 6, name("ns.acme.example") + b"\1h\xc0\x12" + struct.pack(">5I", 1, 2, 3, 4, 900))
    yield packet(0, [alias, record(name("track.relay.example"), 1, b"\x7f\0\0\1")])
    yield packet(0, [alias, record(b"\xc0\x2f", 28, bytes(15) + b"\1", 1 << 31)])
    yield packet(0, [record(asked, 5, below), record(below, 5, asked)])
    yield packet(3, authority=[soa])
    yield packet(0, authority=[soa])
    yield packet(0, authority=[record(b"\xc0\x12", 2, name("ns.acme.example"))])
    yield packet(2)
    yield packet(0, [record(name("a" * 63 + "." + ".".join(["b" * 61] * 3)), 16, b"text")])


def seeds():
    """(target, bytes) of every seed."""
    for html in filled(HTML) + filled(HTML[:1], URLS) + ["\n".join(filled(HTML))]:
        for choice in b"\0\1":
            yield "html", html.encode() + bytes([choice])
    for url in URLS:
        yield "url", url.replace("&amp;", "&").encode() + b"\0"
        yield "url", url.encode() + b"https://evil.test/" + bytes([len(url.encode())])
    for css in filled(CSS, URLS[:3]):
        yield "css", css.encode() + b"\0"
        yield "css", css.encode() + b"\1"
    for url in URLS:
        for spelling in (url, url.replace("/", "\\/"), url.replace("/", "\\u002f"), "see " + url):
            yield "json", ('{"@context": "x", "a\\n": ["%s", "%s"]}' % (spelling, url)).encode()
    for url in URLS:
        yield "srcset", f"{url} 1x, {url}, x.png 2x".encode() + b"\0"
        yield "srcset", f"0; url='{url}'".encode() + b"\1"
        yield "srcset", f"5,{url}".encode() + b"\1"
    for text in filled(TEXT, URLS[:8]):
        yield "text", text.encode() + b"\0"
        yield "text", text.encode() + b"\1"
    for header in filled(HEADERS, URLS[:4]):
        yield "header", header.encode()
    for yaml in YAML:
        yield "config", yaml.encode() + b"\0"
    for yaml in SENDERS:
        yield "config", yaml.encode() + b"\1"
    content = "\n".join(filled(HTML[:6])).encode()
    for edits in (b"\0", bytes([0, 5, 19, 30, 1]), bytes([1, 3, 19, 200, 0, 0, 7, 40, 3])):
        for raw in (content, content.replace(b"\n", b"\r\n"), b"word " * 300, b"x" * 998):
            yield "identity", raw + edits
            yield "qp", quopri.encodestring(raw) + edits
            yield "qp", quopri.encodestring(raw).lower().replace(b"=\n", b"= \r\n") + edits
            yield "base64", base64.encodebytes(raw) + edits
            yield "base64", base64.b64encode(raw).rstrip(b"=") + edits
    for charset, sample in CHARSETS.items():
        raw = (HTML[0].replace("%s", URL) + sample + URL).encode(charset)
        for label in range(32):
            yield "charset", raw + bytes([10, label])
    for packet in packets():
        yield "dns", packet
    for message in messages():
        yield "mime", message
        yield "pipeline", message
    for size in (10, 40, 200, 1000):
        yield "newsletter", bytes((index * index * 7 + size) % 256 for index in range(size))


def main():
    folder = pathlib.Path(sys.argv[1])
    for number, (target, data) in enumerate(seeds()):
        (folder / target).mkdir(parents=True, exist_ok=True)
        (folder / target / f"seed-{number:04}").write_bytes(data)


if __name__ == "__main__":
    main()
