extension Settings {
    /// Where the senders are: the `senders` key.
    public enum Senders: Sendable, Equatable {
        /// A folder with one file per sender.
        case folder(ConfiguredPath)
        /// A PostgreSQL database.
        case pgsql(PostgreSQL)

        /// The folder, nil where the senders are elsewhere.
        public var folder: ConfiguredPath? {
            if case .folder(let path) = self { path } else { nil }
        }
    }

    /// The `senders: { pgsql: … }` block.
    public struct PostgreSQL: Sendable, Equatable {
        /// How to reach the server, as libpq reads it: `host=… dbname=…` or `postgresql://…`. It may hold a
        /// password: never to be shown.
        public var connection: String
        /// A file with the password.
        public var passwordFile: ConfiguredPath?
        /// The query for the key of an address, which is its `$1`.
        public var query: String
        /// The query for a login, nil where logins find nobody.
        public var loginQuery: String?
        /// How many connections are held at most.
        public var connections = 4
        /// How long a connection may take to be made, and a message waits for the answer about an address.
        public var timeout: Duration = .seconds(2)
        /// What is remembered of the answers.
        public var cache = Cache()
        /// Where the keys' values are written.
        public var positions: [String: SourcePosition] = [:]

        /// The `cache` block.
        public struct Cache: Sendable, Equatable {
            /// How many answers are kept at most.
            public var entries = 100_000
            /// How long an answer counts while the database can be asked.
            public var timeToLive: Duration = .seconds(300)

            /// The defaults.
            public init() {}
        }

        /// Settings with the default for everything that has one.
        public init(connection: String, query: String) {
            (self.connection, self.query) = (connection, query)
        }

        /// Whether `other` says the same, wherever it is written.
        public func isSame(as other: PostgreSQL) -> Bool {
            var (one, other) = (self, other)
            (one.positions, other.positions) = ([:], [:])
            one.passwordFile?.position = SourcePosition(file: "")
            other.passwordFile?.position = SourcePosition(file: "")
            return one == other
        }
    }
}
