import Configuration
import PluginHost
import Rewriting
import Senders

/// Whose message it is, and what that means for it. What the milter and the `rewrite` command share.
public struct Judgement: Sendable {
    /// What comes out of it.
    public enum Outcome: Sendable {
        /// This sender's: its links move by these plugins. The sender's tracking domain is the one that the
        /// message chose.
        case rewrite(sender: Sender, plugins: SenderPlugins)
        /// Deliver it as it came; the reason is made for the log.
        case leave(reason: String)
    }

    /// The final word on a message.
    public struct Verdict: Sendable {
        /// What becomes of its links.
        public var outcome: Outcome
        /// Whose message it is, nil where it is nobody's.
        public var sender: Sender?
        /// What it said of its tracking domain itself; nil where nobody asked: it is nobody's, or signed.
        public var choice: DomainChoice?
        /// Why its choice counts for nothing, nil where it counts; made for the log.
        public var refusedChoice: String? {
            guard case .refused(let reason)? = choice?.wish else { return nil }
            return "\(DomainChoice.fieldName) is ignored: \(reason)"
        }
    }

    private let snapshot: Snapshot
    private let envelope: Envelope
    private let client: Client

    /// Judges a message by its envelope, and by its header when that is known.
    public init(_ envelope: Envelope, by snapshot: Snapshot) {
        self.snapshot = snapshot
        self.envelope = envelope
        client = Client(envelope.client)
    }

    /// What is known before the header: nil where the header may still decide.
    public func beforeHeader() -> Outcome? {
        let isOurs = snapshot.settings.outbound.admits(
            login: envelope.login, client: client, daemonName: envelope.daemonName)
        if !isOurs { return .leave(reason: "not ours (login \(loginForLog), client \(client))") }
        let identification = snapshot.senders.identifyBeforeHeader(
            sender: envelope.sender, login: envelope.login, client: client)
        return identification.map(outcome)
    }

    /// The final word.
    public func afterHeader(_ fields: [HeaderField]) -> Verdict {
        let outcome = beforeHeader() ?? identified(by: fields)
        guard case .rewrite(let sender, _) = outcome else { return Verdict(outcome: outcome) }
        if snapshot.rewriter.reasonToLeave(fields) != nil { return Verdict(outcome: outcome, sender: sender) }
        let choice = DomainChoice(fields, of: sender)
        return Verdict(
            outcome: self.outcome(outcome, of: sender, choosing: choice.wish), sender: sender, choice: choice)
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
                reason: "\(DomainChoice.fieldName) of sender \(sender.id) asks for the default domain")
        case .own(let domain):
            var sender = sender
            sender.trackingDomain = domain
            return snapshot.makePlugins(of: sender).map { .rewrite(sender: sender, plugins: $0) } ?? usual
        }
    }

    private func outcome(_ identification: Identification) -> Outcome {
        switch identification {
        case .nobody(let reason): return .leave(reason: reason)
        case .sender(let sender):
            guard let plugins = snapshot.plugins(of: sender) else {
                return .leave(reason: "the plugin settings of sender \(sender.id) are broken")
            }
            return .rewrite(sender: sender, plugins: plugins)
        }
    }

    private var loginForLog: String {
        guard let login = envelope.login, !login.isEmpty else { return "none" }
        return login
    }
}
