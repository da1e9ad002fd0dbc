import Configuration
import Senders

extension DomainQuestion {
    /// What has to be in place for a sender: its tracking domain, and those that its plugins have for themselves. Each
    /// question once; the sender's own comes first.
    public static func all(of sender: Sender) -> [DomainQuestion] {
        var questions = [DomainQuestion(sender.trackingDomain, sender.scheme)]
        for (_, policy) in sender.plugins.sorted(by: { $0.key < $1.key }) {
            guard case .settings(let settings) = policy else { continue }
            let question = DomainQuestion(
                settings.trackingDomain ?? sender.trackingDomain, settings.scheme ?? sender.scheme)
            if !questions.contains(question) { questions.append(question) }
        }
        return questions
    }

    /// What has to be asked so that links may move to `domain` with `scheme`.
    public init(_ domain: TrackingDomain, _ scheme: LinkScheme) {
        self.init(domain: domain, needsHTTPS: scheme == .https)
    }
}
