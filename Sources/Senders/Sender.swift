import Configuration

/// A sender with its own tracking domain: one file in the senders' folder. Immutable; a class because every message
/// and every snapshot passes it on.
public final class Sender: Sendable {
    /// The file's name without `.yaml`.
    public let id: String
    /// The file, for messages.
    public let file: String
    /// Which mail is the sender's.
    public let addresses: [Claim<AddressPattern>]
    /// Who may send as this sender, authenticated; in the form in which logins compare.
    public let logins: [Claim<String>]
    /// From where one may send as this sender, not authenticated.
    public let networks: [Network]
    /// Where its links move.
    public let trackingDomain: TrackingDomain
    /// Where its tracking domain is written.
    public let trackingDomainPosition: SourcePosition
    /// Further domains of its own, which a message may choose.
    public let otherTrackingDomains: [TrackingDomain]
    /// What becomes of its links' scheme.
    public let scheme: LinkScheme
    /// What it says of plugins, by their names. A plugin that is missing here works as it does for everybody.
    public let plugins: [String: PluginPolicy]
    /// What whoever looks senders up in a database keeps with each, and makes again with it.
    public let attachment: (any Sendable)?

    /// A sender; without guards, and with links that keep their scheme, where nothing is said of that.
    public init(
        id: String, file: String, addresses: [Claim<AddressPattern>], logins: [Claim<String>] = [],
        networks: [Network] = [], trackingDomain: TrackingDomain, trackingDomainPosition: SourcePosition,
        otherTrackingDomains: [TrackingDomain] = [], scheme: LinkScheme = .keep,
        plugins: [String: PluginPolicy] = [:], attachment: (any Sendable)? = nil
    ) {
        self.id = id
        self.file = file
        self.addresses = addresses
        self.logins = logins
        self.networks = networks
        self.trackingDomain = trackingDomain
        self.trackingDomainPosition = trackingDomainPosition
        self.otherTrackingDomains = otherTrackingDomains
        self.scheme = scheme
        self.plugins = plugins
        self.attachment = attachment
    }

    /// The same sender with another tracking domain.
    public func moved(to domain: TrackingDomain) -> Sender {
        Sender(
            id: id, file: file, addresses: addresses, logins: logins, networks: networks,
            trackingDomain: domain, trackingDomainPosition: trackingDomainPosition,
            otherTrackingDomains: otherTrackingDomains, scheme: scheme, plugins: plugins)
    }

    /// The same sender with something kept with it.
    public func carrying(_ attachment: (any Sendable)?) -> Sender {
        Sender(
            id: id, file: file, addresses: addresses, logins: logins, networks: networks,
            trackingDomain: trackingDomain, trackingDomainPosition: trackingDomainPosition,
            otherTrackingDomains: otherTrackingDomains, scheme: scheme, plugins: plugins,
            attachment: attachment)
    }

    /// Something a sender claims for itself, and where it is written.
    public struct Claim<Value: Hashable & Sendable>: Hashable, Sendable {
        /// What is claimed.
        public var value: Value
        /// Where.
        public var position: SourcePosition

        /// A claim and its place.
        public init(value: Value, position: SourcePosition) {
            self.value = value
            self.position = position
        }
    }

    /// What a sender says of one plugin.
    public enum PluginPolicy: Sendable, Equatable {
        /// Links that the plugin would claim stay where they are.
        case off
        /// The plugin works with these settings.
        case settings(PluginSettings)
    }

    /// A sender's settings for one plugin.
    public struct PluginSettings: Sendable {
        /// Where the plugin is named.
        public var position: SourcePosition
        /// Takes the place of the sender's own tracking domain.
        public var trackingDomain: TrackingDomain?
        /// Takes the place of the sender's own scheme.
        public var scheme: LinkScheme?
        /// The plugin's own settings, for it to check. Keys are scalars; none occurs twice.
        public var rest: [(key: ConfigurationNode, value: ConfigurationNode)] = []
    }

    /// Every domain that its links may move to, without repetition: its own, those that a message may choose, and
    /// those of plugins that are not off.
    public var trackingDomains: [TrackingDomain] {
        let ofPlugins = plugins.sorted { $0.key < $1.key }.compactMap { _, policy in
            if case .settings(let settings) = policy { settings.trackingDomain } else { nil }
        }
        var seen: Set<TrackingDomain> = []
        return ([trackingDomain] + otherTrackingDomains + ofPlugins).filter { seen.insert($0).inserted }
    }

    /// Whether the sender is guarded: only some may send as it.
    public var isGuarded: Bool { !logins.isEmpty || !networks.isEmpty }

    /// Whether a message with this login, from this client, may be the sender's.
    ///
    /// - Parameter login: as ``SenderDirectory`` compares it; nil where there is none.
    func accepts(foldedLogin login: String?, client: Client) -> Bool {
        guard isGuarded else { return true }
        // A network vouches for mail without a login alone: one customer's login must not become
        // another sender because both send from the same place.
        if let login { return logins.contains { $0.value == login } }
        guard let address = client.address else { return false }
        return networks.contains { $0.contains(address) }
    }
}

extension Sender: Equatable {
    /// Whether two senders say the same, at the same places.
    public static func == (left: Sender, right: Sender) -> Bool {
        left.id == right.id && left.file == right.file && left.addresses == right.addresses
            && left.logins == right.logins && left.networks == right.networks
            && left.trackingDomain == right.trackingDomain
            && left.trackingDomainPosition == right.trackingDomainPosition
            && left.otherTrackingDomains == right.otherTrackingDomains && left.scheme == right.scheme
            && left.plugins == right.plugins
    }
}

extension Sender.PluginSettings: Equatable {
    /// Whether two say the same, at the same places.
    public static func == (left: Self, right: Self) -> Bool {
        left.position == right.position && left.trackingDomain == right.trackingDomain
            && left.scheme == right.scheme && left.rest.elementsEqual(right.rest, by: ==)
    }
}

extension Sender.PluginSettings {
    /// Settings that change nothing.
    public init(position: SourcePosition) {
        self.init(position: position, trackingDomain: nil, scheme: nil, rest: [])
    }
}
