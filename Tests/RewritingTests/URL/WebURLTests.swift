import Testing

@testable import Rewriting

@Suite struct WebURLTests {
    private func host(_ url: String) -> String? {
        WebURL(Array(url.utf8))?.host.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("http://a.example", "a.example"), ("HTTPS://A.Example/", "a.example"),
        ("  http://a.example  ", "a.example"),
        ("//a.example/x", "a.example"), ("\\\\a.example", "a.example"), ("http:a.example", "a.example"),
        ("https:/\\/a.example", "a.example"), ("http://u:p@a.example:80/", "a.example"),
        ("http://a@b@c.example/", "c.example"), ("http://a.example:/", "a.example"),
        ("h\tt\ntp://a.exa\r\nmple", "a.example"), ("http://a%2Eexample", "a.example"),
        ("http://b\u{FC}cher.example", "xn--bcher-kva.example"), ("http://a\u{AD}b.example", "ab.example"),
        ("http://-a_b.b\u{FC}cher.example", "-a_b.xn--bcher-kva.example"),
        ("http://GRO\u{1E9E}.Example", "xn--gro-7ka.example"),
        ("http://b\u{FC}cher\u{3002}example", "xn--bcher-kva.example"),
        ("http://a.example?x@y", "a.example"), ("http://a.example#x@y", "a.example"),
    ])
    func `hosts are read as a browser reads them`(_ url: String, _ expected: String) {
        #expect(host(url) == expected)
    }

    @Test(arguments: [
        "mailto:a@b.example", "/a.example", "a.example", "httpx://a.example", "", "   ", "ftp://a.example",
    ])
    func `other schemes and paths are none of ours`(_ url: String) {
        let isOurs = WebURL(Array(url.utf8)) != nil
        #expect(!isOurs)
    }

    @Test(arguments: [
        "http://", "http://a b.example", "http://a.example:65536", "http://a.example:x", "http://a<b.example",
        "http://a%zz.example", "http://[::1",
    ])
    func `what the standard rejects has no host`(_ url: String) {
        #expect(host(url) == nil)
    }

    @Test(arguments: [
        ("http://@a.example", false), ("http://:@a.example", false), ("http://u@a.example", true),
        ("http://:p@a.example", true), ("http://@@a.example", true), ("http://a.example/@", false),
    ])
    func `empty credentials are none`(_ url: String, _ expected: Bool) {
        let hasCredentials = WebURL(Array(url.utf8))?.hasCredentials
        #expect(hasCredentials == expected)
    }
}
