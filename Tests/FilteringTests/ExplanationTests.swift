import Rewriting
import Testing

@testable import Filtering

/// `log: { level: debug }`
@Suite struct ExplanationTests {
    private func lines(
        _ header: [String] = LinkFilterTests.header, envelope: Envelope = LinkFilterTests.envelope,
        level: String = "debug", sender: String = LinkFilterTests.acme
    ) throws -> [String] {
        let log = TestLog()
        _ = try TestConfiguration("log: { level: \(level) }", senders: ["acme": sender]).filter(
            header, body: LinkFilterTests.body, envelope: envelope, log: log)
        return log.lines
    }

    @Test func `says by what the sender was found, which domain it is, and what became of each link`() throws
    {
        #expect(
            try lines().dropLast() == [
                "debug 4c1B2x3: MAIL FROM <news@acme.example>, login none, client 127.0.0.1",
                "debug 4c1B2x3: outbound: client 127.0.0.1 is in 127.0.0.0/8",
                "debug 4c1B2x3: sender: login finds nobody; envelope_from finds acme",
                "debug 4c1B2x3: domain_check: off, every domain counts as verified",
                "debug 4c1B2x3: domain: click.acme.example, the tracking_domain of sender acme",
                "debug 4c1B2x3: link in header:List-Unsubscribe header: moved by subscription from track.relay.example to click.acme.example",
                "debug 4c1B2x3: link in header:list-unsubscribe header: moved by subscription from track.relay.example to click.acme.example",
                "debug 4c1B2x3: link in 1 a[href]: moved by click-tracking from track.relay.example to click.acme.example",
                "debug 4c1B2x3: link in 1 img[src]: moved by open-tracking from track.relay.example to click.acme.example",
                "debug 4c1B2x3: link in 1 comment: left, html comment",
            ])
        #expect(try lines().last?.hasPrefix("info 4c1B2x3: sender=acme ") == true)
    }

    @Test func `has no URL in it`() throws {
        #expect(!(try lines().contains { $0.contains("//") || $0.contains("/c/1") }))
    }

    @Test func `says why a message was left alone`() throws {
        let stranger = Envelope(sender: "<x@nobody.example>", login: "jo", client: "203.0.113.9")
        #expect(
            try lines(["From: x@nobody.example", "From: y@nobody.example"], envelope: stranger).dropFirst()
                == [
                    "debug 4c1B2x3: outbound: login jo",
                    "debug 4c1B2x3: sender: login finds nobody; envelope_from finds nobody; header_from finds nobody (several From fields)",
                    "debug 4c1B2x3: domain_check: off, every domain counts as verified",
                    "info 4c1B2x3: unchanged: no sender for <x@nobody.example> (login jo, client 203.0.113.9): several From fields",
                ])
        let outside = Envelope(sender: "<news@acme.example>", client: "203.0.113.9")
        #expect(try lines(envelope: outside)[1].hasPrefix("debug 4c1B2x3: not outbound: "))
    }

    @Test func `says what a message chose, and which domains its plugins have`() throws {
        let sender =
            LinkFilterTests.acme + "other_tracking_domains: [promo.acme.example]\n"
            + "plugins: { open-tracking: { tracking_domain: img.acme.example } }\n"
        let chosen = try lines(
            LinkFilterTests.header + ["X-Tracking-Domain: promo.acme.example"], sender: sender)
        #expect(chosen.contains("debug 4c1B2x3: domain: promo.acme.example, by X-Tracking-Domain"))
        #expect(chosen.contains("debug 4c1B2x3: domain: img.acme.example too, by the sender's `plugins`"))
    }

    @Test func `is silent at other levels`() throws {
        #expect(try lines(level: "info").count == 1)
    }

    @Test func `a message with a million links does not fill the log`() {
        var result = RewriteResult()
        let link = LeftLink(part: "1", place: "text", url: "", reason: "nested")
        result.left = [LeftLink](repeating: link, count: RewriteResult.explainedLinks + 7)
        #expect(result.explanation.count == RewriteResult.explainedLinks + 1)
        #expect(result.explanation.last == "7 more links, not told")
    }
}
