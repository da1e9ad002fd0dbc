import Configuration
import Metrics
import PluginHost
import Rewriting
import Senders
import TrackingDomains

/// Whose message it is, and what that means for it. What the milter and the `rewrite` command share.
public struct Judgement: Sendable {
    /// What comes out of it.
    public enum Outcome: Sendable {
        /// This sender's: its links move by these plugins. The sender's tracking domain is the one that the
        /// message chose.
        case rewrite(sender: Sender, plugins: SenderPlugins)
        /// Deliver it as it came.
        case leave(Unchanged)
    }

    /// Why a message is delivered as it came.
    public struct Unchanged: Sendable {
        /// The reason's kind, for counting.
        public var kind: UnchangedReason
        /// The reason, made for the log.
        public var text: String
    }

    /// The final word on a message.
    public struct Verdict: Sendable {
        /// What becomes of its links.
        public var outcome: Outcome
        /// Whose message it is, nil where it is nobody's.
        public var sender: Sender?
        /// What it said of its tracking domain itself; nil where nobody asked: it is nobody's, or signed.
        public var choice: DomainChoice?
        /// Those of its domains that are not verified: no link goes there, or all the same (`mode: warn`).
        public var unverified: [TrackingDomain] = []
        /// Why its choice counts for nothing, nil where it counts; made for the log.
        public var refusedChoice: String? {
            guard case .refused(let reason)? = choice?.wish else { return nil }
            return "\(DomainChoice.fieldName) is ignored: \(reason)"
        }
    }

    let snapshot: Snapshot
    let envelope: Envelope
    let client: Client
    let domains: DomainGate

    /// Judges a message by its envelope, and by its header when that is known.
    ///
    /// - Parameter domains: what is known of tracking domains; nil where all count as verified.
    public init(_ envelope: Envelope, by snapshot: Snapshot, domains: (any DomainStates)? = nil) {
        self.snapshot = snapshot
        self.domains = DomainGate(mode: snapshot.settings.domainCheck.mode, states: domains)
        self.envelope = envelope
        client = Client(envelope.client)
    }

    /// What is known before the header: nil where the header may still decide.
    public func beforeHeader() -> Outcome? {
        let isOurs = snapshot.settings.outbound.admits(
            login: envelope.login, client: client, daemonName: envelope.daemonName)
        if !isOurs {
            return .leave(
                Unchanged(kind: .notOurs, text: "not ours (login \(loginForLog), client \(client))"))
        }
        let identification = snapshot.senders.identifyBeforeHeader(
            sender: envelope.sender, login: envelope.login, client: client)
        return identification.map(outcome)
    }

    /// The final word.
    ///
    /// - Parameter known: what ``beforeHeader()`` has said, if that is to stand.
    public func afterHeader(_ fields: [HeaderField], known: Outcome? = nil) -> Verdict {
        let outcome = known ?? beforeHeader() ?? identified(by: fields)
        guard case .rewrite(let sender, _) = outcome else { return Verdict(outcome: outcome) }
        if snapshot.rewriter.reasonToLeave(fields) != nil { return Verdict(outcome: outcome, sender: sender) }
        let choice = DomainChoice(fields, of: sender)
        let (admitted, unverified) = domains.admit(self.outcome(outcome, of: sender, choosing: choice.wish))
        return Verdict(outcome: admitted, sender: sender, choice: choice, unverified: unverified)
    }

    private func identified(by fields: [HeaderField]) -> Outcome {
        let from = fields.filter { $0.isNamed("from") }.map(\.value)
        return outcome(
            snapshot.senders.identify(
                sender: envelope.sender, login: envelope.login, client: client, headerFrom: from))
    }

    private func outcome(_ usual: Outcome, of sender: Sender, choosing wish: DomainChoice.Wish) -> Outcome {
        switch wish {
        case .none, .refused: return usual
        case .own(sender.trackingDomain): return usual
        case .defaultDomain:
            return .leave(
                Unchanged(
                    kind: .defaultDomainChosen,
                    text: "\(DomainChoice.fieldName) of sender \(sender.id) asks for the default domain"))
        case .own(let domain):
            let sender = sender.moved(to: domain)
            return snapshot.makePlugins(of: sender).map { .rewrite(sender: sender, plugins: $0) } ?? usual
        }
    }

    private func outcome(_ identification: Identification) -> Outcome {
        switch identification {
        case .nobody(let reason): return .leave(Unchanged(kind: .noSender, text: reason))
        case .sender(let sender):
            guard let plugins = snapshot.plugins(of: sender) else {
                return .leave(
                    Unchanged(
                        kind: .brokenSender, text: "the plugin settings of sender \(sender.id) are broken"))
            }
            return .rewrite(sender: sender, plugins: plugins)
        }
    }

    var loginForLog: String {
        guard let login = envelope.login, !login.isEmpty else { return "none" }
        return login
    }
}
