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
    ])
    func `a URL in running text is rewritten`(_ source: String) {
        #expect(plain(source).body == source.moved)
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
