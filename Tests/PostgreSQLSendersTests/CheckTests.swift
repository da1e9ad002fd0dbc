import Configuration
import Foundation
import Testing

@testable import PostgreSQLSenders

@Suite(.enabled(if: Server.bin != nil, "PostgreSQL is not installed: make install-deps"))
struct CheckTests {
    private func finding(_ query: String) throws -> String {
        let world = try World(query: query, starts: false)
        defer { withExtendedLifetime(world) {} }
        switch world.database.check() {
        case .good: return "good"
        case .wrong(let error): return error.description
        case .unreachable(let error): return "unreachable: \(error)"
        }
    }

    @Test func theExampleIsGood() throws {
        #expect(try finding(Example.query) == "good")
    }

    @Test(
        arguments: [
            ("SELECT id, nonsense FROM senders WHERE id = $1", "column \"nonsense\" does not exist"),
            ("SELEKT $1", "syntax error at or near \"SELEKT\""),
            (
                "SELECT id FROM senders WHERE id = $1",
                "expected the column tracking_domain in the answer, found id"
            ),
            (
                "SELECT id, tracking_domain, logins AS login FROM senders WHERE id = $1",
                "unknown column `login`; did you mean `logins`?"
            ),
            (
                "SELECT id, tracking_domain FROM senders WHERE id = $1 OR id = $2",
                "one parameter, $1, found one with 2"
            ),
            ("SELECT id, tracking_domain FROM senders -- $1", "one parameter, $1, found one with 0"),
            ("SELECT id, tracking_domain, id FROM senders WHERE id = $1", "found id twice"),
            ("SELECT id, tracking_domain FROM senders WHERE id = $1; SELECT 1", "multiple commands"),
            ("DELETE FROM senders WHERE id = $1", "found none"),
        ])
    func whatIsWrongWithAQuery(query: String, words: String) throws {
        let found = try finding(query)
        #expect(found.hasPrefix("signpost.yaml:5:12: error: `query`: "), "\(found)")
        #expect(found.contains(words), "\(found)")
    }

    @Test func aPasswordIsReadAndNeverTold() throws {
        let server = try Server()
        try server.sql("ALTER ROLE signpost PASSWORD 'geheim'; SELECT 1")
        let hba = server.folder + "/data/pg_hba.conf"
        try "local all all trust\nhost all signpost 127.0.0.1/32 scram-sha-256\n".write(
            toFile: hba, atomically: false, encoding: .utf8)
        try server.sql("SELECT pg_reload_conf()")
        let file = server.folder + "/password"
        func check(_ content: String, mode: mode_t, more: String = "") throws -> String {
            try content.write(toFile: file, atomically: false, encoding: .utf8)
            chmod(file, mode)
            let world = try World(server: server, more: "password_file: \(file)", starts: false)
            switch world.database.check() {
            case .good: return "good"
            case .wrong(let error): return "wrong: \(error.message)"
            case .unreachable(let error): return "unreachable: \(error.message)"
            }
        }
        #expect(try check("geheim\n", mode: 0o600) == "good")
        #expect(
            try check("falsch\n", mode: 0o600).contains(
                "password authentication failed for user \"signpost\""))
        #expect(try check("falsch\n", mode: 0o600).contains("falsch") == false)
        #expect(try check("geheim\n", mode: 0o644).hasPrefix("wrong: `password_file`: "))
        #expect(try check("\n", mode: 0o600).contains("expected a password on the first line"))
    }

    @Test(
        arguments: [
            ("host=x dbname", "missing \"=\" after \"dbname\""), ("no such=word", "expected words such as"),
            ("password=a geheim", "expected words such as"),
            ("postgresql://u:geheim@[x", "expected words such as"),
        ])
    func connectionsThatLibpqCannotRead(text: String, words: String) throws {
        let settings = Settings.PostgreSQL(connection: text, query: "$1")
        let mistakes = SenderDatabase(settings).mistakes.map(\.description)
        #expect(mistakes.count == 1 && mistakes[0].contains(words), "\(mistakes)")
        #expect(!mistakes[0].contains("geheim"))
    }
}
