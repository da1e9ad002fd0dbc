import Configuration
import Testing

struct PostgreSQLSettingsTests {
    private static let start = "default_tracking_domains: [track.relay.example]\nsenders:\n"

    private func pgsql(_ yaml: String) -> Settings.PostgreSQL? {
        guard case .pgsql(let settings)? = read(Self.start + yaml)?.senders else { return nil }
        return settings
    }

    @Test func everyKey() throws {
        let settings = try #require(
            pgsql(
                """
                  pgsql:
                    connection: host=db
                    password_file: secret
                    query: SELECT $1
                    login_query: SELECT login $1
                    connections: 7
                    timeout: 3s
                    cache: { entries: 5, time_to_live: 1m }
                """))
        #expect(settings.connection == "host=db")
        #expect(settings.passwordFile?.path == "/etc/signpost/secret")
        #expect(settings.query == "SELECT $1" && settings.loginQuery == "SELECT login $1")
        #expect(settings.connections == 7 && settings.timeout == .seconds(3))
        #expect(settings.cache.entries == 5 && settings.cache.timeToLive == .seconds(60))
        #expect(settings.positions["query"]?.description == "/etc/signpost/signpost.yaml:6:12")
    }

    @Test func theDefaultsAreTheDocuments() throws {
        let settings = try #require(pgsql("  pgsql: { connection: host=db, query: SELECT $1 }"))
        #expect(settings.connections == 4 && settings.timeout == .seconds(2))
        #expect(settings.cache.entries == 100_000 && settings.cache.timeToLive == .seconds(300))
        #expect(settings.loginQuery == nil && settings.passwordFile == nil)
    }

    /// Lines above that grew must not cost the connections and what is remembered.
    @Test func theSameElsewhereInTheFile() throws {
        let block = "  pgsql: { connection: host=db, query: SELECT $1, password_file: x"
        let one = try #require(pgsql(block + " }"))
        let moved = try #require(pgsql("\n\n" + block + " }"))
        #expect(one.isSame(as: moved))
        #expect(!one.isSame(as: try #require(pgsql(block + ", timeout: 1s }"))))
    }

    @Test(
        arguments: [
            Wrong("  pgsql: { query: SELECT $1 }", "3:10: error: missing key `connection`"),
            Wrong("  pgsql: { connection: host=db }", "3:10: error: missing key `query`"),
            Wrong("  pgsql: { connection: host=db, query: SELECT 1 }", "3:40", "expected a query with $1"),
            Wrong(
                "  psql: {}", "3:3: error: unknown key `psql`; did you mean `pgsql`?", "missing key `pgsql`"),
            Wrong("  pgsql: nonsense", "3:10: error: expected a mapping for `pgsql`"),
            Wrong("  pgsql: { connections: 0 }", "a number from 1 to 1000, found \"0\""),
            Wrong("  pgsql: { connections: \"+1\" }", "a number from 1 to 1000"),
            Wrong("  pgsql: { timeout: 0s }", "longer than nothing"),
            Wrong("  pgsql: { cache: { entries: 0, size: 3 } }", "a number from 1", "unknown key `size`"),
            Wrong("  - senders.d", "expected a value for `senders`, found a list"),
        ])
    func mistakes(wrong: Wrong) {
        let found = errors(in: Self.start + wrong.yaml).joined(separator: "\n")
        for words in wrong.says { #expect(found.contains(words), "\(found)") }
    }

    @Test func aPasswordIsNotTold() {
        let text = "  pgsql: { connection: \"password=geheim\", query: 1, conection: \"password=geheim\" }"
        #expect(!errors(in: Self.start + text).joined().contains("geheim"))
    }
}
