import Configuration

/// A sender with its own tracking domain: one file in the senders' folder.
public struct Sender: Sendable {
    /// The file's name without `.yaml`.
    public var id: String
    /// The file, for messages.
    public var file: String
    /// Which mail is the sender's.
    public var addresses: [Claim<AddressPattern>] = []
    /// Who may send as this sender, authenticated; in the form in which logins compare.
    public var logins: [Claim<String>] = []
    /// From where one may send as this sender, not authenticated.
    public var networks: [Network] = []
    /// Where its links move.
    public var trackingDomain: TrackingDomain
    /// Where its tracking domain is written.
    public var trackingDomainPosition: SourcePosition
    /// Further domains of its own, which a message may choose.
    public var otherTrackingDomains: [TrackingDomain] = []
    /// What becomes of its links' scheme.
    public var scheme: LinkScheme = .keep
    /// What it says of plugins, by their names. A plugin that is missing here works as it does for everybody.
    public var plugins: [String: PluginPolicy] = [:]
    /// What whoever looks senders up in a database wants kept with this one, and made again with it: its plugins.
    public var attachment: (any Sendable)?

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
    public enum PluginPolicy: Sendable {
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

extension Sender {
    /// A sender without guards whose links keep their scheme.
    public init(
        id: String, file: String, addresses: [Claim<AddressPattern>], trackingDomain: TrackingDomain,
        trackingDomainPosition: SourcePosition
    ) {
        self.init(
            id: id, file: file, addresses: addresses, logins: [], networks: [],
            trackingDomain: trackingDomain,
            trackingDomainPosition: trackingDomainPosition, otherTrackingDomains: [], scheme: .keep,
            plugins: [:])
    }
}

extension Sender.PluginSettings {
    /// Settings that change nothing.
    public init(position: SourcePosition) {
        self.init(position: position, trackingDomain: nil, scheme: nil, rest: [])
    }
}
