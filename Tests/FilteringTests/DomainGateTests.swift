import Configuration
import Foundation
import PluginHost
import Rewriting
import Synchronization
import Testing
import TrackingDomains

@testable import Filtering

/// Knows of some domains that they are not verified.
private final class FakeStates: DomainStates {
    let broken: [String: String]
    private let asked = Mutex<[String]>([])

    init(_ broken: [String: String]) { self.broken = broken }

    /// What was asked, `https` in front where it matters.
    var questions: [String] { asked.withLock { $0 } }

    func problems(of questions: [DomainQuestion], sender: String) -> [DomainQuestion: String] {
        asked.withLock {
            $0 += questions.map { ($0.needsHTTPS ? "https " : "") + "\($0.domain) of \(sender)" }
        }
        var problems: [DomainQuestion: String] = [:]
        for question in questions { problems[question] = broken[question.domain.description] }
        return problems
    }
}

@Suite struct DomainGateTests {
    private static let pixels =
        LinkFilterTests.acme + "plugins: { open-tracking: { tracking_domain: img.acme.example } }\n"

    /// What becomes of the usual message: its body, nil where the message stays as it came, and the last log line.
    private func body(
        sender: String = LinkFilterTests.acme, mode: String = "require", broken: [String: String] = [:],
        states: FakeStates? = nil
    ) throws -> (body: String?, log: String) {
        let log = TestLog()
        let (steps, outcome) = try TestConfiguration(
            "domain_check: { mode: \(mode) }", senders: ["acme": sender]
        ).filter(
            LinkFilterTests.header, body: LinkFilterTests.body, envelope: LinkFilterTests.envelope,
            domains: states ?? FakeStates(broken), log: log)
        guard case .change(_, let body)? = outcome else {
            #expect(steps == [.proceed, .accept], "the body is not needed")
            return (nil, log.lines.last ?? "")
        }
        return (String(decoding: body?.bytes ?? [], as: UTF8.self), log.lines.last ?? "")
    }

    @Test func `require: links move to a verified domain, and the log line is the usual one`() throws {
        let (body, log) = try body()
        #expect(body?.contains("https://click.acme.example/c/1") == true)
        #expect(!log.contains("verified"))
    }

    @Test func `require: the whole message stays on the default domain, with the reason in the log`() throws {
        let (body, log) = try body(broken: ["click.acme.example": "missing"])
        #expect(body == nil)
        #expect(
            log == "info 4c1B2x3: unchanged: click.acme.example of sender acme is not verified: missing")
    }

    @Test func `require: every domain is named where none is verified`() throws {
        let (body, log) = try body(
            sender: Self.pixels, broken: ["click.acme.example": "missing", "img.acme.example": "loop"])
        #expect(body == nil)
        #expect(
            log
                == "info 4c1B2x3: unchanged: click.acme.example of sender acme is not verified: missing; img.acme.example of sender acme is not verified: loop"
        )
    }

    @Test func `require: a plugin's own domain that is not verified keeps that plugin's links`() throws {
        let (body, log) = try body(sender: Self.pixels, broken: ["img.acme.example": "missing"])
        #expect(body?.contains("https://click.acme.example/c/1") == true)
        #expect(body?.contains("https://track.relay.example/o/1") == true, "and no later plugin takes them")
        #expect(log.contains(" rewritten=3 (click-tracking=1 subscription=2) "))
        #expect(log.contains(" left=2 (domain-not-verified=1 comment=1) "))
        #expect(
            log.contains(" domain=click.acme.example ") && log.hasSuffix("ms unverified=img.acme.example"))
    }

    @Test func `require: a plugin's own domain may be all that is verified`() throws {
        let (body, log) = try body(sender: Self.pixels, broken: ["click.acme.example": "missing"])
        #expect(body?.contains("https://track.relay.example/c/1") == true)
        #expect(body?.contains("https://img.acme.example/o/1") == true)
        #expect(log.hasSuffix("ms unverified=click.acme.example"))
    }

    @Test func `warn: links move all the same, and the log line says so`() throws {
        let (body, log) = try body(mode: "warn", broken: ["click.acme.example": "missing"])
        #expect(body?.contains("https://click.acme.example/c/1") == true)
        #expect(log.contains(" rewritten=4 ") && log.hasSuffix("ms unverified=click.acme.example"))
    }

    @Test func `off: nothing is asked`() throws {
        let states = FakeStates(["click.acme.example": "missing"])
        let (body, log) = try body(mode: "off", states: states)
        #expect(body?.contains("https://click.acme.example/c/1") == true)
        #expect(!log.contains("unverified") && states.questions.isEmpty)
    }

    @Test func `what is asked is the domain with its port, and HTTPS where the scheme is https`() throws {
        let states = FakeStates([:])
        let sender = """
            addresses: ["@acme.example"]
            tracking_domain: click.acme.example:8443
            scheme: https
            plugins:
              open-tracking: { tracking_domain: img.acme.example, scheme: keep }
              subscription: { scheme: http }
              forward-to-friend: off

            """
        _ = try body(sender: sender, states: states)
        #expect(
            Set(states.questions) == [
                "https click.acme.example:8443 of acme", "img.acme.example of acme",
                "click.acme.example:8443 of acme",
            ])
    }

    @Test func `it is the domain that a message chose that has to be verified`() throws {
        let configuration = try TestConfiguration(senders: [
            "acme": LinkFilterTests.acme + "other_tracking_domains: [news.acme.example]\n"
        ])
        let snapshot = try #require(Snapshot.load(file: configuration.file).snapshot)
        #expect(
            Set(snapshot.domainQuestions.keys.map(\.domain.description)) == [
                "click.acme.example", "news.acme.example",
            ])
        let broken = FakeStates(["click.acme.example": "missing"])
        for (choice, expected) in [("news.acme.example", "news.acme"), ("click.acme.example", "track.relay")]
        {
            let text =
                "From: news@acme.example\nX-Tracking-Domain: \(choice)\n\nhttps://track.relay.example/c/1\n"
            let message = try #require(RawMessage(Array(text.utf8)))
            let (delivered, _) = OfflineRewrite.run(
                message, envelope: LinkFilterTests.envelope, snapshot: snapshot, domains: broken
            ) { Issue.record("\($0)") }
            #expect(
                String(decoding: delivered, as: UTF8.self)
                    == "From: news@acme.example\n\nhttps://\(expected).example/c/1\n")
        }
    }

    @Test func `a snapshot knows every domain of its senders, once`() throws {
        let configuration = try TestConfiguration(senders: [
            "acme": Self.pixels,
            "b": "addresses: [\"@b.example\"]\ntracking_domain: img.acme.example\n",
            "broken": "nonsense",
        ])
        let questions = try #require(Snapshot.load(file: configuration.file).snapshot).domainQuestions
        #expect(Set(questions.keys.map(\.domain.description)) == ["click.acme.example", "img.acme.example"])
        #expect(questions.values.contains("acme") && questions.count == 2)
    }

    @Test(arguments: [("require", nil), ("warn", "click"), ("off", "click")] as [(String, String?)])
    func `offline, the same is done by what the state file says`(_ mode: String, _ host: String?) throws {
        let configuration = try TestConfiguration(
            "domain_check: { mode: \(mode) }", senders: ["acme": LinkFilterTests.acme])
        let snapshot = try #require(Snapshot.load(file: configuration.file).snapshot)
        let message = try #require(
            RawMessage(Array("From: news@acme.example\n\nhttps://track.relay.example/c/1\n".utf8)))
        let (delivered, report) = OfflineRewrite.run(
            message, envelope: LinkFilterTests.envelope, snapshot: snapshot,
            domains: FakeStates(["click.acme.example": "missing"])
        ) { Issue.record("\($0)") }
        let text = String(decoding: delivered, as: UTF8.self)
        #expect(text.contains("https://\(host == nil ? "track.relay" : "click.acme").example/c/1"))
        #expect(
            report.unchangedBecause
                == (host == nil ? "click.acme.example of sender acme is not verified: missing" : nil))
    }
}
