import Configuration
import Metrics
import Rewriting
import Testing
import TrackingDomains

@testable import Filtering

/// What messages add to the counters.
@Suite struct MessageMetricsTests {
    /// The samples that are not zero, after one message.
    private func samples(
        _ main: String = "", header: [String] = LinkFilterTests.header,
        envelope: Envelope = LinkFilterTests.envelope, sender: String = LinkFilterTests.acme,
        domains: (any DomainStates)? = nil
    ) throws -> [String] {
        let metrics = Metrics(version: "1")
        _ = try TestConfiguration(main, senders: ["acme": sender]).filter(
            header, body: LinkFilterTests.body, envelope: envelope, domains: domains, metrics: metrics)
        let interesting = [
            "signpost_messages", "signpost_links", "signpost_rec", "signpost_rep", "signpost_plugin",
        ]
        return metrics.exposition(Gauges()).filter { line in
            interesting.contains { line.hasPrefix($0) } && !line.hasSuffix(" 0")
        }
    }

    @Test func `a rewritten message: its links by plugin and place, its size, its new body`() throws {
        let size = LinkFilterTests.header.reduce(2) { $0 + $1.utf8.count + 2 } + LinkFilterTests.body.count
        #expect(
            try samples()
                == [
                    "signpost_messages_total{outcome=\"rewritten\",reason=\"none\"} 1",
                    "signpost_links_moved_total{plugin=\"click-tracking\",place=\"anchor\"} 1",
                    "signpost_links_moved_total{plugin=\"open-tracking\",place=\"image\"} 1",
                    "signpost_links_moved_total{plugin=\"subscription\",place=\"header\"} 2",
                    "signpost_links_left_total{reason=\"comment\"} 1",
                    "signpost_received_bytes_total \(size)",
                    "signpost_replaced_body_bytes_total \(LinkFilterTests.body.count - 2)",
                    "signpost_messages_in_progress 0",
                ].filter { !$0.hasSuffix(" 0") })
    }

    private struct NoneVerified: DomainStates {
        func problems(of questions: [DomainQuestion], sender: String) -> [DomainQuestion: String] {
            Dictionary(uniqueKeysWithValues: questions.map { ($0, "missing") })
        }
    }

    private func reason(_ samples: [String]) -> String? {
        samples.first?.firstMatch(of: /outcome="unchanged",reason="([a-z_]+)"} 1$/).map {
            String($0.output.1)
        }
    }

    @Test func `a message that is left alone is counted once, with the reason`() throws {
        let stranger = Envelope(sender: "<x@nobody.example>", client: "127.0.0.1")
        let outside = Envelope(sender: "<news@acme.example>", client: "203.0.113.9")
        let plain = ["From: x@nobody.example"]
        #expect(reason(try samples(header: plain, envelope: outside)) == "not_ours")
        #expect(reason(try samples(header: plain, envelope: stranger)) == "no_sender")
        #expect(reason(try samples(header: LinkFilterTests.header + ["DKIM-Signature: v=1"])) == "signed")
        #expect(reason(try samples("max_message_size: 100")) == "too_large")
        #expect(
            reason(try samples(header: plain + ["X-Tracking-Domain: default"])) == "default_domain_chosen")
        #expect(reason(try samples(domains: NoneVerified())) == "domain_not_verified")
        let off = ["click-tracking", "open-tracking", "subscription"].map { "  \($0): off\n" }.joined()
        #expect(reason(try samples(sender: LinkFilterTests.acme + "plugins:\n" + off)) == "no_links")
    }

    @Test(arguments: [
        ("html comment", "comment"), ("not a place for links", "not-a-place-for-links"), ("nested", "nested"),
        ("css comment", "css-comment"), ("no plugin", "no-plugin"), ("leave_paths", "leave_paths"),
        ("click-tracking is off for this sender", "off-for-sender"),
        ("unsafe answer from x", "unusable-answer"),
        ("left by x", "plugin"), ("unchanged by x", "plugin"), ("customer 4711 said no", "plugin"),
    ])
    func `reasons that anybody can make up do not become labels`(_ reason: String, _ label: String) {
        #expect(MessageTally.label(for: reason) == label)
    }
}
