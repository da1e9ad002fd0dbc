import Configuration
import Synchronization
import Testing

@testable import TrackingDomains

/// The finding about `domain`, asked of a resolver that follows `script`; the target is `track.relay.example`.
func finding(
    _ domain: String, settings: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ script: @escaping @Sendable (ScriptedResolver.Question) -> ScriptedResolver.Reply
) throws -> (finding: DomainFinding, questions: [ScriptedResolver.Question]) {
    let resolver = try ScriptedResolver(script)
    defer { resolver.stop() }
    let verifier = try verifier(asking: [resolver], settings: settings)
    var found: DomainFinding?
    verifier.verify([DomainQuestion(domain: try TrackingDomain(parsing: domain), needsHTTPS: false)]) {
        found = $1
    }
    return (try #require(found, sourceLocation: sourceLocation), resolver.questions)
}

/// A verifier that asks these resolvers, and is quick to give up.
func verifier(asking resolvers: [ScriptedResolver], settings more: String = "") throws -> NetworkVerifier {
    let list = resolvers.map { "\"127.0.0.1:\($0.port)\"" }.joined(separator: ", ")
    let yaml = """
        default_tracking_domains: [track.relay.example]
        senders: senders.d
        domain_check: { resolvers: [\(list)] \(more.isEmpty ? "" : ", " + more) }
        """
    let (settings, errors) = Settings.parse(Array(yaml.utf8), file: "signpost.yaml")
    #expect(errors.isEmpty)
    var verifier = try NetworkVerifier(try #require(settings))
    // A busy machine is still waited for: 1.5 s in all.
    verifier.patience.dns = DNSPatience(firstTry: .milliseconds(100), tries: 4)
    verifier.patience.https = .milliseconds(500)
    return verifier
}

/// Answers A questions by `records`, and AAAA with nothing.
func zone(
    _ records: @escaping @Sendable (ScriptedResolver.Question, Packet) -> Packet
) -> @Sendable (ScriptedResolver.Question) -> ScriptedResolver.Reply {
    { question in
        .packet((question.type == 28 ? Packet(question) : records(question, Packet(question))).bytes)
    }
}

/// Knows what was asked for the first time.
final class Lost: Sendable {
    private let seen = Mutex<Set<UInt16>>([])

    func isFirst(_ type: UInt16) -> Bool { seen.withLock { $0.insert(type).inserted } }
}
