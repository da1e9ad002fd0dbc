import Rewriting
import Testing

@testable import Filtering

@Suite struct DomainChoiceTests {
    static let acme = """
        addresses: ["@acme.example"]
        tracking_domain: click.acme.example
        other_tracking_domains: [go.acme.example, "bücher.acme.example:8443"]
        plugins: { open-tracking: { tracking_domain: img.acme.example } }
        """
    static let other = "addresses: [\"@other.example\"]\ntracking_domain: click.other.example\n"
    static let body =
        "<a href=\"https://track.relay.example/c/1\">x</a> <img src=\"https://track.relay.example/o/1\">\r\n"

    struct Result {
        var headers: [HeaderChange] = []
        var body: String?
        var log: [String] = []

        /// Where the click link went.
        var click: Substring? { host(before: "/c/1") }
        /// Where the pixel went.
        var pixel: Substring? { host(before: "/o/1") }
        /// Which of the X-Tracking-Domain fields are removed, in the order of the calls.
        var removed: [Int?] {
            headers.filter { $0.value == nil && $0.name.count == "X-Tracking-Domain".utf8.count }.map(
                \.occurrence)
        }

        private func host(before path: String) -> Substring? {
            guard let body, let end = body.firstRange(of: path) else { return nil }
            return body[..<end.lowerBound].split(separator: "/").last
        }
    }

    /// One of acme's messages with these fields.
    private func send(_ fields: [String], from sender: String = "<news@acme.example>") throws -> Result {
        let log = TestLog()
        let (_, outcome) = try TestConfiguration(senders: ["acme": Self.acme, "other": Self.other]).filter(
            fields + ["Content-Type: text/html"], body: Array(Self.body.utf8),
            envelope: Envelope(sender: sender, client: "127.0.0.1"), log: log)
        var result = Result(log: log.lines)
        if case .change(let headers, let body)? = outcome {
            result.headers = headers
            result.body = body.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
        return result
    }

    @Test(arguments: [
        (" go.acme.example", "go.acme.example"), ("GO.ACME.example.", "go.acme.example"),
        (" \r\n\tgo.acme.example ", "go.acme.example"), (" click.acme.example", "click.acme.example"),
        (" img.acme.example", "img.acme.example"),
        (" bücher.acme.example", "xn--bcher-kva.acme.example:8443"),
        (" xn--bcher-kva.acme.example:8443", "xn--bcher-kva.acme.example:8443"),
    ])
    func `a message chooses among its sender's domains`(_ value: String, _ host: String) throws {
        let result = try send(["x-tracking-DOMAIN:" + value])
        #expect(result.click == Substring(host))
        #expect(result.pixel == "img.acme.example", "a plugin's own domain stays")
        #expect(result.removed == [1])
        let shown = host.hasSuffix(":8443") ? "xn--bcher-kva.acme.example:8443" : host
        #expect(result.log.last?.contains(" domain=\(shown) ") == true)
    }

    @Test(arguments: [
        "click.other.example", "acme.example", "x.go.acme.example", "go.acme.example.evil.test",
        "go.acme.example:444", "bücher.acme.example:8444", "track.relay.example", "https://go.acme.example/",
        "go.acme.example, click.acme.example", "<go.acme.example>", "(c) go.acme.example", "defaults", "",
    ])
    func `what is not the sender's own is removed, logged and ignored`(_ value: String) throws {
        let result = try send(["X-Tracking-Domain: " + value])
        #expect(result.click == "click.acme.example")
        #expect(result.removed == [1])
        #expect(
            result.log.first
                == "warning 4c1B2x3: X-Tracking-Domain is ignored: \"\(value)\" is not a domain of sender acme"
        )
    }

    @Test func `several fields choose nothing and all go, the last first`() throws {
        let result = try send(["X-Tracking-Domain: go.acme.example", "X-Tracking-Domain: default"])
        #expect(result.click == "click.acme.example")
        #expect(result.removed == [2, 1])
        #expect(result.log.first?.hasSuffix("ignored: 2 fields, expected one") == true)
    }

    @Test(arguments: ["default", " Default\r\n"])
    func `default leaves this message on the default domain, and the field goes all the same`(_ value: String)
        throws
    {
        let result = try send(["X-Tracking-Domain:" + value, "List-Help: <https://track.relay.example/u/1>"])
        #expect(result.body == nil)
        #expect(result.headers.count == 1 && result.removed == [1])
        #expect(
            result.log == [
                "info 4c1B2x3: unchanged: X-Tracking-Domain of sender acme asks for the default domain"
            ])
    }

    @Test func `mail of nobody we know keeps the field`() throws {
        let result = try send(["X-Tracking-Domain: click.acme.example"], from: "<x@nobody.example>")
        #expect(result.headers.isEmpty && result.body == nil)
    }

    @Test func `signed mail keeps the field, which the signature may cover`() throws {
        let result = try send(["X-Tracking-Domain: default", "DKIM-Signature: v=1"])
        #expect(result.headers.isEmpty && result.body == nil)
        #expect(
            result.log == [
                "info 4c1B2x3: unchanged: already signed (DKIM-Signature), and a change would break the signature"
            ])
    }

    @Test(arguments: ["\n", "\r\n"])
    func `offline the whole field goes, and nothing else of the header`(_ end: String) throws {
        let configuration = try TestConfiguration("trace_header: on", senders: ["acme": Self.acme])
        let snapshot = try #require(Snapshot.load(file: configuration.file).snapshot)
        let text =
            "A: 1\nX-Tracking-Domain:\n go.acme.example\nList-Help: <https://track.relay.example/u/1>\nB: 2\n\n"
            + "https://track.relay.example/c/1\n"
        let expected =
            "A: 1\nList-Help: <https://go.acme.example/u/1>\nB: 2\n"
            + "X-Link-Rewrite: signpost; sender=acme; domain=go.acme.example; links=2\n\n"
            + "https://go.acme.example/c/1\n"
        let message = try #require(RawMessage(Array(text.replacing("\n", with: end).utf8)))
        let (delivered, report) = OfflineRewrite.run(
            message, envelope: Envelope(sender: "news@acme.example", client: "127.0.0.1"), snapshot: snapshot
        ) { Issue.record("\($0)") }
        #expect(String(decoding: delivered, as: UTF8.self) == expected.replacing("\n", with: end))
        #expect(report.trackingDomain == "go.acme.example")
    }
}
