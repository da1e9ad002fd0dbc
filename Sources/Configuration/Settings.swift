import DomainNames

/// The main file, `signpost.yaml`. Every property's default is the one that a missing key means.
public struct Settings: Sendable {
    /// The file that was read, as it was named.
    public var file: String
    /// Where the MTA connects.
    public var listen: ListenAddress = .unix(path: "/run/signpost/milter.sock")
    /// The mode of a unix socket; nil for the others.
    public var socketMode: UInt16? = 0o660
    /// The group that owns a unix socket; nil leaves the process's own.
    public var socketGroup: String?
    /// The unix socket on which a running filter takes commands such as `signpost reload`; nil for the place that
    /// goes with `listen`.
    public var control: String?
    /// The hosts that tracking links carry today. Never empty.
    public var defaultTrackingDomains: [DomainPattern]
    /// Where the senders' own domains must point.
    public var cnameTarget: DomainName
    /// Where the senders are.
    public var senders: Senders
    /// Which plugins are loaded, and from where.
    public var plugins = Plugins()
    /// Path patterns of links that never move.
    public var leavePaths: [String] = []
    /// Whose mail is ours to rewrite.
    public var outbound = Outbound()
    /// How the sender of a message is found, in this order. Never empty.
    public var identifySenderBy: [SenderSource] = [.login, .envelopeFrom, .headerFrom]
    /// What of a message is rewritten.
    public var rewrite = Rewrite()
    /// What happens to mail that is already signed.
    public var signedMail: SignedMail = .skip
    /// What the MTA is told when Signpost itself fails.
    public var onError: OnError = .accept
    /// Whether a header field says what was done.
    public var traceHeader = false
    /// Messages with more bytes are delivered as they came.
    public var maxMessageSize = 64 << 20
    /// How custom domains are verified.
    public var domainCheck = DomainCheck()
    /// Where the log goes.
    public var log = Log()
    /// Where Prometheus finds the metrics, on this machine alone; nil for nowhere.
    public var metrics: ListenAddress?

    /// Settings with the default for everything that has one.
    public init(
        file: String, defaultTrackingDomains: [DomainPattern], cnameTarget: DomainName,
        senders: Senders
    ) {
        self.file = file
        self.defaultTrackingDomains = defaultTrackingDomains
        self.cnameTarget = cnameTarget
        self.senders = senders
    }

    /// Where a running filter takes commands, nil where neither `control` nor `listen` says so. Filters with addresses
    /// of their own have control sockets of their own.
    public var controlPath: String? {
        switch listen {
        case _ where control != nil: control
        case .unix(let path): path + ".control"
        case .inet(let port, _), .inet6(let port, _): "/run/signpost/\(port).control"
        case .descriptor: nil
        }
    }

    /// A path, seen from the folder of the file that names it, and where it is named.
    public struct ConfiguredPath: Hashable, Sendable {
        /// The path for the operating system.
        public var path: String
        /// Where it is written.
        public var position: SourcePosition

        /// A path and its place.
        public init(path: String, position: SourcePosition) {
            self.path = path
            self.position = position
        }
    }

    /// The `plugins` block.
    public struct Plugins: Sendable {
        /// The folder of the shared libraries; nil for the built-in plugins' own.
        public var directory: ConfiguredPath?
        /// The plugins in the order in which they are asked.
        public var load: [PluginEntry] = PluginEntry.builtIn

        /// The defaults.
        public init() {}
    }

    /// Where a sender's name may come from.
    public enum SenderSource: String, CaseIterable, Sendable {
        /// The SASL login.
        case login
        /// MAIL FROM.
        case envelopeFrom = "envelope_from"
        /// The From header field.
        case headerFrom = "header_from"
    }

    /// The `rewrite` block.
    public struct Rewrite: Sendable, Equatable {
        /// `text/html` parts.
        public var html = true
        /// `text/plain` parts.
        public var text = true
        /// `text/x-amp-html` parts.
        public var amp = true
        /// URLs in the visible text of HTML.
        public var visibleText = true
        /// The header fields, as written.
        public var headers = [
            "List-Unsubscribe", "List-Help", "List-Subscribe", "List-Owner", "List-Archive", "List-Post",
        ]

        /// The defaults.
        public init() {}
    }

    /// The `signed_mail` setting.
    public enum SignedMail: String, CaseIterable, Sendable {
        /// Leave it alone: a change would break the signature.
        case skip
        /// Rewrite it; somebody behind us signs again.
        case rewrite
    }

    /// The `on_error` setting.
    public enum OnError: String, CaseIterable, Sendable {
        /// Deliver the message as it came.
        case accept
        /// Have it sent again later.
        case tempfail
    }

    /// The `domain_check` block.
    public struct DomainCheck: Sendable, Equatable {
        /// What an unverified domain means.
        public var mode: Mode = .require
        /// How often a domain is looked up again.
        public var recheck: Duration = .seconds(3600)
        /// How long a domain that was verified stays in use when its check fails.
        public var grace: Duration = .seconds(86400)
        /// The file that remembers the results.
        public var state = "/var/lib/signpost/domains.json"
        /// The DNS servers to ask; empty for the system's own.
        public var resolvers: [Resolver] = []
        /// Whether the target's addresses, without a CNAME to it, will do.
        public var flattened: Flattened = .accept
        /// What a domain without a good certificate means, where links move to it as `https`.
        public var httpsCheck: Mode = .require
        /// The port that is asked for a certificate, where the domain does not name its own.
        public var httpsPort: UInt16 = 443
        /// The certification authorities to trust, as a PEM file; nil for the system's.
        public var httpsCA: ConfiguredPath?

        /// The defaults.
        public init() {}

        /// The `mode` and `https_check` settings.
        public enum Mode: String, CaseIterable, Sendable {
            /// Links move to verified domains alone.
            case require
            /// Links move, and the log warns.
            case warn
            /// Nothing is asked.
            case off
        }

        /// The `flattened` setting.
        public enum Flattened: String, CaseIterable, Sendable {
            /// A domain with the target's addresses is as good as one with a CNAME.
            case accept
            /// Only a CNAME will do.
            case refuse
        }
    }

    /// The `log` block.
    public struct Log: Sendable, Equatable {
        /// Where lines go.
        public var to: Target = .syslog
        /// The least urgent lines that are written.
        public var level: Level = .info

        /// The defaults.
        public init() {}

        /// The `to` setting.
        public enum Target: String, CaseIterable, Sendable {
            /// syslog, facility mail.
            case syslog
            /// Standard error, for systemd and people.
            case stderr
        }

        /// The `level` setting.
        public enum Level: String, CaseIterable, Sendable, Comparable {
            /// Something does not work.
            case error
            /// Something is odd.
            case warning
            /// One line per message.
            case info
            /// How it came about.
            case debug

            private var verbosity: Int { Level.allCases.firstIndex(of: self) ?? 0 }

            /// `error` is the least, `debug` the most talkative.
            public static func < (left: Level, right: Level) -> Bool { left.verbosity < right.verbosity }
        }
    }
}

/// A plugin as `plugins.load` names it.
public struct PluginEntry: Sendable {
    /// The plugin's name.
    public var name: String
    /// Where it is named.
    public var position: SourcePosition
    /// Its settings in the file's order. The keys are scalars; none occurs twice.
    public var settings: [(key: ConfigurationNode, value: ConfigurationNode)]
    /// Whether its settings could be read; where not, they are empty and the mistake is among the errors.
    public var isReadable: Bool

    /// A plugin with its settings.
    public init(
        name: String, position: SourcePosition,
        settings: [(key: ConfigurationNode, value: ConfigurationNode)] = [], isReadable: Bool = true
    ) {
        self.name = name
        self.position = position
        self.settings = settings
        self.isReadable = isReadable
    }

    /// What is loaded where `plugins.load` is missing.
    static let builtIn = [
        "click-tracking", "open-tracking", "forward-to-friend", "subscription", "hosted-content",
    ]
    .map { PluginEntry(name: $0, position: SourcePosition(file: "(default)")) }
}
