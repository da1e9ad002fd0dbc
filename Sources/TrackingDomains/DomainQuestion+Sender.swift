import Configuration
import Senders

extension DomainQuestion {
    /// What has to be in place for a sender: its tracking domain, those that its messages may choose, and those that
    /// its plugins have for themselves. Each question once; the sender's own domain comes first.
    public static func all(of sender: Sender) -> [DomainQuestion] {
        let plugins = sender.plugins.sorted { $0.key < $1.key }.compactMap { _, policy in
            if case .settings(let settings) = policy { settings } else { nil }
        }
        // A plugin without a domain of its own goes where the message goes, perhaps with another scheme.
        let schemes = [sender.scheme] + plugins.filter { $0.trackingDomain == nil }.compactMap(\.scheme)
        let own = ([sender.trackingDomain] + sender.otherTrackingDomains).flatMap { domain in
            schemes.map { DomainQuestion(domain, $0) }
        }
        let ofPlugins = plugins.compactMap { plugin in
            plugin.trackingDomain.map { DomainQuestion($0, plugin.scheme ?? sender.scheme) }
        }
        var seen: Set<DomainQuestion> = []
        return (own + ofPlugins).filter { seen.insert($0).inserted }
    }

    /// What has to be asked so that links may move to `domain` with `scheme`.
    public init(_ domain: TrackingDomain, _ scheme: LinkScheme) {
        self.init(domain: domain, needsHTTPS: scheme == .https)
    }
}
