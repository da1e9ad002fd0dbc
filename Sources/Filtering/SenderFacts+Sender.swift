import Configuration
import PluginHost
import Senders

extension SenderFacts {
    /// What the plugins are told of a sender.
    init(_ sender: Sender) {
        let target = LinkTarget(sender.trackingDomain, sender.scheme)
        let rules = sender.plugins.sorted { $0.key < $1.key }.map { name, policy in
            switch policy {
            case .off:
                SenderRule(
                    plugin: name, position: SourcePosition(file: sender.file), choice: .off)
            case .settings(let settings):
                SenderRule(
                    plugin: name, position: settings.position,
                    choice: .on(
                        target: LinkTarget(
                            settings.trackingDomain ?? sender.trackingDomain, settings.scheme ?? sender.scheme
                        ),
                        settings: settings.rest))
            }
        }
        self.init(id: sender.id, target: target, rules: rules)
    }
}

extension LinkTarget {
    init(_ domain: TrackingDomain, _ scheme: LinkScheme) {
        self.init(domain: domain.host, port: domain.port, scheme: LinkTarget.Scheme(scheme))
    }
}

extension LinkTarget.Scheme {
    init(_ scheme: LinkScheme) {
        switch scheme {
        case .keep: self = .keep
        case .https: self = .https
        case .http: self = .http
        }
    }
}
