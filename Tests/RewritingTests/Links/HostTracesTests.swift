import DomainNames
import Testing

@testable import Rewriting

@Suite("What markup is passed over")
struct HostTracesTests {
    /// Where a link may stand: what comes before it, and behind.
    private static let places = [
        ("<a href=\"", "\">"), ("<img src='", "'>"), ("<a href=", ">"),
        ("<td style=\"background:url(", ")\">"),
        ("<p title=\"", "\">"), ("<style>@import '", "';</style>"),
        ("<!--[if mso]><v:rect href=\"", "\"><![endif]-->"),
        ("<!-- ", " -->"), ("<title>", "</title>"),
        ("<script type=\"application/ld+json\">{\"a\":\"", "\"}</script>"),
        ("text ", " text"), ("<svg><a href='", "'/></svg>"), ("", ""),
    ]
    private static let schemes = [
        "http:", "https:", "HTTP&colon;", "", "ht\ntp:", "http&#58;", "mailto:", "&#104;ttp:", "\thttps:",
        "htt&Tab;ps:",
    ]
    private static let slashes = [
        "//", "/", "\\", "\\/\\/", "&sol;/", "/&#x2F;", "/\n/", "/\t", "/&Tab;/", "//user@", "//&NewLine;",
        "", "///", "//\r\n",
    ]
    /// A default domain in all its disguises, and some that are none.
    private static let hosts = [
        "track.relay.example", "tr%61ck.relay.example", "track&period;relay.example",
        "tr&#97;ck.relay.example",
        "track.relay。example", "tr\tack.relay.example", "track.re\r\nlay.example", "trac\\6B .relay.example",
        "trac\\u006b.relay.example", "ｔrack.relay.example", "track.re&shy;lay.example",
        "news.t.relay.example",
        "n%65ws.t.relay.example", "TRACK.Relay.example.", "www.shop.example", "xtrack.relay.example",
        "%74rack.relay.example", "track.relay.exampl%65", "track.relay.example&Tab;", "track.relay%2Eexample",
    ]
    private static let others = [
        "/c/1?a=1&amp;b=2", "&nbsp;", "100%", "é", "\n", " ", ".", "-", "x", "<b>", ":", "@", "/",
    ]

    @Test("what is passed over has no link in it", arguments: 0..<16)
    func passedOver(seed: UInt64) {
        var random = Seeded(seed)
        var moves = 0
        var passedOver = 0
        for _ in 0..<2000 {
            let html = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in Self.link(using: &random) }
            let some = Self.collected(html, isPlain: true)
            let all = Self.collected(html, isPlain: false)
            Self.expectSame(some, all, html)
            moves += some.moves.count
            if all.edits.isEmpty, all.stays.isEmpty { passedOver += 1 }
        }
        #expect(moves > 300, "hardly a link among them: \(moves)")
        #expect(passedOver > 100, "hardly anything to pass over: \(passedOver)")
    }

    @Test("a link in text is read in a short way as in the long one", arguments: 0..<8)
    func shortWay(seed: UInt64) {
        var random = Seeded(seed)
        var moves = 0
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in Self.link(using: &random) }
            let some = Self.collected(text, isPlain: true, asText: true)
            Self.expectSame(some, Self.collected(text, isPlain: false, asText: true), text)
            moves += some.moves.count
        }
        #expect(moves > 100, "hardly a link among them: \(moves)")
    }

    @Test("what is open outside a conditional comment is not open in it")
    func conditionalComment() {
        let html = Array(
            "<svg><style><!--[if mso]><b>http://news.t.relay.example</b><![endif]--></style></svg>".utf8)
        Self.expectSame(
            Self.collected(html, isPlain: true), Self.collected(html, isPlain: false), html)
        #expect(Self.collected(html, isPlain: true).moves.count == 1)
    }

    private static func expectSame(_ some: LinkCollector, _ all: LinkCollector, _ text: [UInt8]) {
        #expect(some.edits == all.edits, "\(String(decoding: text, as: UTF8.self))")
        #expect(some.moves == all.moves, "\(String(decoding: text, as: UTF8.self))")
        #expect(some.stays.map(\.url) == all.stays.map(\.url), "\(String(decoding: text, as: UTF8.self))")
    }

    private static func link(using random: inout Seeded) -> [UInt8] {
        let place = places.randomElement(using: &random) ?? ("", "")
        func one(of pieces: [String]) -> String { pieces.randomElement(using: &random) ?? "" }
        let url = one(of: schemes) + one(of: slashes) + one(of: hosts) + one(of: others)
        return Array((one(of: others) + place.0 + url + place.1).utf8)
    }

    /// What is found where only what could matter is read, and where all of it is.
    private static func collected(
        _ html: [UInt8], isPlain: Bool, asText: Bool = false
    ) -> LinkCollector {
        let domains = ["track.relay.example", "*.t.relay.example"].compactMap(DomainPattern.init)
        var collector = LinkCollector(
            hosts: DefaultHosts(domains), decider: HostMover(), showsAllLinks: false, part: "1",
            isPlainCharset: isPlain)
        html.withUnsafeBufferPointer {
            if asText { return collector.plainText($0) }
            HTMLLinks.collect(from: $0, isAMP: false, rewritesVisibleText: true, into: &collector)
        }
        return collector
    }
}

private struct HostMover: LinkDecider {
    func decide(_ link: Link, answer: inout [UInt8]) -> LinkDecision {
        let host = Array("click.acme.example".utf8)
        answer = link.url[..<link.components.host.start] + host + link.url[link.components.host.end...]
        return .move(plugin: "test")
    }
}
