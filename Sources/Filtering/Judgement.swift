import Configuration
import PluginHost
import Rewriting
import Senders
import TrackingDomains

/// Whose message it is, and what that means for it. What the milter and the `rewrite` command share.
public struct Judgement: Sendable {
    /// What comes out of it.
    public enum Outcome: Sendable {
        /// This sender's: its links move by these plugins.
        /// `unverified` are domains among its own that are not verified: barred, or used all the same.
        case rewrite(sender: Sender, plugins: SenderPlugins, unverified: [TrackingDomain])
        /// Deliver it as it came; the reason is made for the log.
        case leave(reason: String)
    }

    private let snapshot: Snapshot
    private let envelope: Envelope
    private let client: Client
    private let domains: DomainGate

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
        if !isOurs { return .leave(reason: "not ours (login \(loginForLog), client \(client))") }
        let identification = snapshot.senders.identifyBeforeHeader(
            sender: envelope.sender, login: envelope.login, client: client)
        return identification.map(outcome)
    }

    /// The final word.
    public func afterHeader(_ fields: [HeaderField]) -> Outcome {
        domains.admit(byNames(fields))
    }

    private func byNames(_ fields: [HeaderField]) -> Outcome {
        if let early = beforeHeader() { return early }
        let from = fields.filter { $0.isNamed("from") }.map(\.value)
        return outcome(
            snapshot.senders.identify(
                sender: envelope.sender, login: envelope.login, client: client, headerFrom: from))
    }

    private func outcome(_ identification: Identification) -> Outcome {
        switch identification {
        case .nobody(let reason): return .leave(reason: reason)
        case .sender(let sender):
            guard let plugins = snapshot.plugins(of: sender) else {
                return .leave(reason: "the plugin settings of sender \(sender.id) are broken")
            }
            return .rewrite(sender: sender, plugins: plugins, unverified: [])
        }
    }

    private var loginForLog: String {
        guard let login = envelope.login, !login.isEmpty else { return "none" }
        return login
    }
}
