extension SettingsReader {
    /// A folder's path, or `{ pgsql: … }`.
    func senders() -> Settings.Senders? {
        root.require("senders", expected: "the folder with one file per sender, such as senders.d")
        guard case .mapping? = root.node("senders")?.value else {
            return path(root, "senders").map { .folder($0) }
        }
        let block = root.mapping("senders", keys: ["pgsql"])
        block?.require("pgsql", expected: "the database that knows the senders")
        return block.flatMap(pgsql).map { .pgsql($0) }
    }

    private func pgsql(_ senders: MappingReader) -> Settings.PostgreSQL? {
        let keys = [
            "connection", "password_file", "query", "login_query", "connections", "timeout", "cache",
        ]
        guard let block = senders.mapping("pgsql", keys: keys) else { return nil }
        block.require(
            "connection", expected: "how to reach the server, such as \"host=db.example dbname=mail\"")
        block.require("query", expected: "a query that finds the sender of an address, which is its $1")
        let (connection, query) = (block.text("connection"), block.value("query", SettingsReader.query))
        let loginQuery = block.value("login_query", SettingsReader.query)
        let passwordFile = path(block, "password_file")
        let connections = block.value("connections") { text throws(ValueError) in
            try Quantity.count(text, in: 1...1000)
        }
        let timeout = block.value("timeout", Quantity.interval)
        let cache = cache(block)
        guard let connection, let query else { return nil }
        var settings = Settings.PostgreSQL(connection: connection, query: query)
        settings.loginQuery = loginQuery
        settings.passwordFile = passwordFile
        settings.connections = connections ?? settings.connections
        settings.timeout = timeout ?? settings.timeout
        settings.cache = cache
        for key in keys { settings.positions[key] = block.node(key)?.position }
        return settings
    }

    private func cache(_ pgsql: MappingReader) -> Settings.PostgreSQL.Cache {
        var cache = Settings.PostgreSQL.Cache()
        guard let block = pgsql.mapping("cache", keys: ["entries", "time_to_live"]) else { return cache }
        let entries = block.value("entries") { text throws(ValueError) in
            try Quantity.count(text, in: 1...10_000_000)
        }
        cache.entries = entries ?? cache.entries
        cache.timeToLive = block.value("time_to_live", Quantity.interval) ?? cache.timeToLive
        return cache
    }

    /// The server itself says what is wrong with a query, but this it would take for a parameter that is merely
    /// unused.
    static func query(_ text: String) throws(ValueError) -> String {
        guard text.contains("$1"), !text.utf8.contains(0) else {
            throw ValueError(expected: "a query with $1, the key that is looked up", found: text)
        }
        return text
    }
}
