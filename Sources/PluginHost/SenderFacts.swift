import Configuration
import DomainNames

/// Where a sender's links go.
public struct LinkTarget: Sendable, Hashable {
    /// What becomes of a moved link's scheme.
    public enum Scheme: Sendable, Hashable {
        /// It stays as it is.
        case keep
        /// It becomes `https`.
        case https
        /// It becomes `http`.
        case http
    }

    /// The tracking domain.
    public var domain: DomainName
    /// The port that takes the place of the link's, nil where the configuration names none.
    public var port: UInt16?
    /// The scheme policy.
    public var scheme: Scheme

    /// A target.
    public init(domain: DomainName, port: UInt16? = nil, scheme: Scheme = .keep) {
        self.domain = domain
        self.port = port
        self.scheme = scheme
    }
}

/// What a sender's file says of itself and of the plugins.
public struct SenderFacts: Sendable {
    /// The sender's id: the name of its file.
    public var id: String
    /// Where its links go unless a rule says otherwise.
    public var target: LinkTarget
    /// Its rules for single plugins (`plugins:`), in the file's order.
    public var rules: [SenderRule]

    /// Facts of a sender.
    public init(id: String, target: LinkTarget, rules: [SenderRule] = []) {
        self.id = id
        self.target = target
        self.rules = rules
    }
}

/// One entry of a sender's `plugins:`.
public struct SenderRule: Sendable {
    /// What is different for this sender.
    public enum Choice: Sendable {
        /// The plugin's links stay where they are.
        case off
        /// The plugin works with these in place of the sender's, and of the global settings.
        ///
        /// A `target` without a domain of its own carries the sender's domain and port: whoever reads
        /// `tracking_domain` and `scheme` resolves them. `settings` are all other keys.
        case on(target: LinkTarget, settings: [PluginSettingEntry])
    }

    /// The plugin's name.
    public var plugin: String
    /// Where the name stands.
    public var position: SourcePosition
    /// What is different.
    public var choice: Choice

    /// A rule.
    public init(plugin: String, position: SourcePosition, choice: Choice) {
        self.plugin = plugin
        self.position = position
        self.choice = choice
    }
}
