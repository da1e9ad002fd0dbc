import Testing

@testable import Filtering

@Suite struct LinkFilterTests {
    static let acme = "addresses: [\"@acme.example\"]\ntracking_domain: click.acme.example\n"
    static let envelope = Envelope(sender: "<news@acme.example>", client: "127.0.0.1")
    static let header = [
        "From: news@acme.example", "List-Unsubscribe: <https://track.relay.example/u/1>",
        "list-unsubscribe: <https://track.relay.example/u/2>",
        "Content-Type: text/html",
    ]
    static let body = Array(
        "<a href=\"https://track.relay.example/c/1\">x</a>\r\n<img src=\"https://track.relay.example/o/1\">\r\n<!-- track.relay.example -->\r\n"
            .utf8)

    @Test func `header edits name the field and its occurrence, the body comes whole`() throws {
        let log = TestLog()
        let (steps, outcome) = try TestConfiguration(senders: ["acme": Self.acme]).filter(
            Self.header, body: Self.body, envelope: Self.envelope, log: log)
        #expect(steps == [.proceed, .proceed])
        guard case .change(let headers, let body)? = outcome else {
            Issue.record("not changed")
            return
        }
        #expect(
            headers.map { String(decoding: $0.name, as: UTF8.self) } == [
                "List-Unsubscribe", "list-unsubscribe",
            ])
        #expect(headers.map(\.occurrence) == [1, 2])
        #expect(
            String(decoding: headers[1].value ?? [], as: UTF8.self) == " <https://click.acme.example/u/2>")
        let text = String(decoding: body?.bytes ?? [], as: UTF8.self)
        #expect(
            text
                == String(decoding: Self.body, as: UTF8.self).replacing("//track.relay", with: "//click.acme")
        )
        let line = try #require(log.lines.last)
        #expect(
            line.hasPrefix(
                "info 4c1B2x3: sender=acme domain=click.acme.example rewritten=4 (click-tracking=1 open-tracking=1 subscription=2) left=1 (comment=1) size="
            ))
        #expect(line.contains(" time=") && line.hasSuffix("ms"))
    }

    @Test(arguments: [1, 2, 3, 7, 64])
    func `any chunking of the body gives the same result`(_ size: Int) throws {
        let configuration = try TestConfiguration(senders: ["acme": Self.acme])
        let whole = configuration.filter(Self.header, body: Self.body, envelope: Self.envelope).outcome
        let pieces = configuration.filter(
            Self.header, body: Self.body, pieces: size, envelope: Self.envelope
        ).outcome
        guard case .change(_, let one)? = whole, case .change(_, let other)? = pieces else {
            Issue.record("not changed")
            return
        }
        #expect(one?.bytes == other?.bytes)
    }

    @Test(arguments: [
        (
            Envelope(sender: "<x@nobody.example>", client: "127.0.0.1"),
            "no sender for <x@nobody.example> (login none, client 127.0.0.1)"
        ),
        (
            Envelope(sender: "<news@acme.example>", client: "203.0.113.9"),
            "not ours (login none, client 203.0.113.9)"
        ),
    ])
    func `nobody's mail ends at the end of the header, with the queue id and the reason`(
        _ envelope: Envelope, _ reason: String
    ) throws {
        let log = TestLog()
        let (steps, outcome) = try TestConfiguration(senders: ["acme": Self.acme]).filter(
            ["From: x@nobody.example"], body: Self.body, envelope: envelope, log: log)
        #expect(steps == [.proceed, .accept])
        #expect(outcome == nil)
        #expect(log.lines == ["info 4c1B2x3: unchanged: \(reason)"])
    }

    @Test func `mail that is not ours ends at MAIL where the queue id is known`() throws {
        var envelope = Envelope(sender: "<news@acme.example>", client: "203.0.113.9")
        envelope.queueID = "abc"
        let log = TestLog()
        let (steps, _) = try TestConfiguration(senders: ["acme": Self.acme]).filter(
            Self.header, body: Self.body, envelope: envelope, log: log)
        #expect(steps == [.accept])
        #expect(log.lines.first?.hasPrefix("info abc: unchanged: not ours") == true)
    }

    @Test func `signed mail ends at the end of the header`() throws {
        let log = TestLog()
        let (steps, _) = try TestConfiguration(senders: ["acme": Self.acme]).filter(
            Self.header + ["DKIM-Signature: v=1"], body: Self.body, envelope: Self.envelope, log: log)
        #expect(steps == [.proceed, .accept])
        #expect(
            log.lines == [
                "info 4c1B2x3: unchanged: already signed (DKIM-Signature), and a change would break the signature"
            ])
    }

    @Test func `a message that is too large is delivered as it came`() throws {
        let log = TestLog()
        let (_, outcome) = try TestConfiguration("max_message_size: 100", senders: ["acme": Self.acme])
            .filter(
                Self.header, body: Self.body, envelope: Self.envelope, log: log)
        guard case .accept? = outcome else {
            Issue.record("not accepted")
            return
        }
        #expect(log.lines.last?.contains("unchanged: size") == true)
    }

    @Test func `the trace header says what was done`() throws {
        let (_, outcome) = try TestConfiguration("trace_header: on", senders: ["acme": Self.acme]).filter(
            Self.header, body: Self.body, envelope: Self.envelope)
        guard case .change(let headers, _)? = outcome, let last = headers.last else {
            Issue.record("not changed")
            return
        }
        #expect(last.occurrence == nil)
        #expect(
            String(decoding: last.value ?? [], as: UTF8.self)
                == " signpost; sender=acme; domain=click.acme.example; links=4")
    }

    @Test func `a plugin that is off keeps its links, and another domain can be given to one`() throws {
        let sender =
            Self.acme
            + "plugins:\n  click-tracking: off\n  open-tracking: { tracking_domain: img.acme.example }\n"
        let (_, outcome) = try TestConfiguration(senders: ["acme": sender]).filter(
            Self.header, body: Self.body, envelope: Self.envelope)
        guard case .change(_, let body)? = outcome else {
            Issue.record("not changed")
            return
        }
        let text = String(decoding: body?.bytes ?? [], as: UTF8.self)
        #expect(
            text.contains("https://track.relay.example/c/1") && text.contains("https://img.acme.example/o/1"))
    }
}
