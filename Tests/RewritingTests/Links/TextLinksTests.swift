import Testing

@testable import Rewriting

@Suite struct TextLinksTests {
    @Test(arguments: [
        "https://track.relay.example/c/1",
        "HTTPS://track.relay.example/c/1",
        "see <https://track.relay.example/c/1>",
        "> > https://track.relay.example/c/1",
        "(https://track.relay.example/c/1)",
        "\"https://track.relay.example\" 'https://track.relay.example'",
        "https://track.relay.example.",
        "https://track.relay.example, https://track.relay.example; https://track.relay.example!",
        "https://track.relay.example? https://track.relay.example) https://track.relay.example:",
        "https://track.relay.example:8443/c/1",
        "https://track.relay.example:/c/1",
        "https://track.relay.example?x=1",
        "https://track.relay.example#x",
        "Link:https://track.relay.example/c/1",
        "[x](https://track.relay.example/c/1)",
        "*https://track.relay.example/c/1*",
        "\u{65E5}\u{672C}https://track.relay.example/c/1\u{3002}",
        "https://track.relay.example\u{3002}",
        "<https://track.relay.example/c/\n1>",
        "https://track.relay.example/c/1\u{A0}https://track.relay.example/c/2\u{3000}https://track.relay.example",
        "https://evil.test/?u=x\u{202F}https://track.relay.example/c/2",
    ])
    func `a URL in running text is rewritten`(_ source: String) {
        #expect(plain(source).body == source.moved)
    }

    @Test(arguments: ["windows-1252", "iso-8859-15", "koi8-r"])
    func `a no-break space of one byte ends a URL`(_ charset: String) {
        let space: UInt8 = charset == "koi8-r" ? 0x9A : 0xA0
        let link = Array("https://track.relay.example/c".utf8)
        let message = Array("Content-Type: text/plain; charset=\(charset)\n\n".utf8)
        let result = Rewritten(message: message + link + [space] + link).result
        #expect(result.rewritten.map(\.before) == Array(repeating: "https://track.relay.example/c", count: 2))
    }

    @Test func `a reference to a no-break space ends a URL`() {
        let source =
            "https://evil.test/&nbsp;https://track.relay.example/c&#12288;https://track.relay.example/d"
        #expect(html(source).body == source.moved)
    }

    @Test(arguments: [
        ("https://track.relay.example./c", "https://click.acme.example/c"),
        ("https://%74rack.relay.example/c", "https://click.acme.example/c"),
        ("https://track\u{3002}relay.example/c", "https://click.acme.example/c"),
    ])
    func `a host in disguise is found in text`(_ source: String, _ expected: String) {
        #expect(plain(source).body == expected)
    }

    @Test(arguments: [
        "track.relay.example/c", "//track.relay.example/c", "ftp://track.relay.example/",
        "https://track.relay.example.evil.test/", "https://evil.test/https://track.relay.example/c",
        "https://evil.test/?u=https://track.relay.example/c", "mailto:x?body=https://track.relay.example/c",
        "xhttps://track.relay.example/c", "www.evil.test?u=https://track.relay.example/c",
        "a@track.relay.example", "https://a:b@track.relay.example/", "https://track.relay.example@evil.test/",
        "hxxps://track.relay.example/c", "https://track.relay.example-x/", "https://track.relay.examples",
    ])
    func `what is no link of ours stays`(_ source: String) {
        #expect(plain(source).body == source)
    }

    @Test func `the path behind an empty port is the URL's`() {
        #expect(
            plain("https://track.relay.example:/keep").left == [
                "text | kept | https://track.relay.example:/keep"
            ])
    }

    @Test func `an armored message is not touched`() {
        let source = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhttps://track.relay.example/c\n"
        let rewritten = plain(source)
        #expect(rewritten.body == source)
        #expect(rewritten.left == ["part | signed | https://track.relay.example/c"])
    }

    @Test func `a million words that look like schemes take no time to speak of`() {
        let source = String(repeating: "_http:/", count: 300_000)
        let clock = ContinuousClock()
        let time = clock.measure { #expect(plain(source).body.count == source.count) }
        #expect(time < .seconds(20))
    }
}
