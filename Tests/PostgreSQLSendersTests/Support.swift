import Configuration
import Foundation
import Senders
import Synchronization
import Testing

@testable import PostgreSQLSenders

/// The one server of the tests that neither stop it nor fill it. Ends with the process.
let sharedServer = Result { try Server() }

/// A schema of its own on a server, asked with the documentation's schema and queries.
final class World: Sendable {
    let server: Server
    let name: String
    let database: SenderDatabase
    let directory: SenderDirectory
    let senders: DatabaseSenders
    private let settings: Settings
    private let events = Mutex<[String]>([])

    /// What was told of the database.
    var told: [String] { events.withLock { $0 } }

    /// - Parameters:
    ///   - rows: SQL that fills the table.
    ///   - more: lines in the `pgsql` block.
    init(
        _ rows: String = "", server: Server? = nil, main: String = "", query: String? = nil,
        more: String = "", starts: Bool = true
    ) throws {
        self.server = try server ?? sharedServer.get()
        name = "mail_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try self.server.sql("CREATE SCHEMA \(name); SET search_path TO \(name); \(Example.schema); \(rows)")
        settings = try World.settings(
            connection: self.server.connection + " application_name=\(name) options=-csearch_path=\(name)",
            main: main,
            query: query ?? Example.query, more: more)
        guard case .pgsql(let pgsql) = settings.senders else { throw Server.Failed(what: "no pgsql") }
        database = SenderDatabase(pgsql)
        senders = World.senders(database, settings)
        directory = SenderDirectory(asking: senders, identifySenderBy: settings.identifySenderBy)
        if starts { start() }
    }

    private static func senders(_ database: SenderDatabase, _ settings: Settings) -> DatabaseSenders {
        DatabaseSenders(database, settings: settings) { sender, errors in
            if sender.plugins["subscription"] == nil { return "plugins of \(sender.id)" }
            errors.append(ConfigurationError(SourcePosition(file: sender.file), "expected none"))
            return nil
        }
    }

    /// What a reload of the same configuration makes.
    var reloaded: SenderDirectory {
        SenderDirectory(
            asking: World.senders(database, settings), identifySenderBy: settings.identifySenderBy)
    }

    /// Runs statements in the schema.
    @discardableResult func sql(_ text: String) throws -> String {
        try server.sql("SET search_path TO \(name); \(text)")
    }

    /// How many connections there are.
    var connections: Int {
        let query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(name)'"
        return (try? server.sql(query)).flatMap { Int($0.dropLast()) } ?? -1
    }

    func start() {
        database.start { [weak self] event in
            let text =
                switch event {
                case .away(let reason): "away: \(reason)"
                case .back: "back"
                case .broken(let error): error.description
                }
            self?.events.withLock { $0.append(text) }
        }
    }

    static func settings(
        connection: String, main: String = "", query: String = Example.query, more: String = ""
    ) throws -> Settings {
        let text = """
            default_tracking_domains: [track.relay.example]
            senders:
              pgsql:
                connection: "\(connection)"
                query: |
                  \(query.replacing("\n", with: "\n      "))
                login_query: |
                  \(Example.loginQuery.replacing("\n", with: "\n      "))
                \(more)
            \(main)
            """
        let (settings, errors) = Settings.parse(Array(text.utf8), file: "signpost.yaml")
        #expect(errors.isEmpty)
        return try #require(settings)
    }

    /// The id of the sender found, or the reason why nobody is.
    func identify(
        _ sender: String, login: String? = nil, client: String? = nil, from: [String] = []
    ) -> String {
        switch directory.identify(
            sender: sender, login: login, client: Client(client), headerFrom: from.map { Array($0.utf8) })
        {
        case .sender(let sender): sender.id
        case .nobody(let reason): reason
        }
    }

    func sender(_ address: String, in other: SenderDirectory? = nil) -> Sender? {
        (other ?? directory).identify(sender: address, login: nil, client: Client(nil), headerFrom: []).sender
    }

    /// Waits until `condition` holds.
    func eventually(_ seconds: Double = 20, _ condition: () -> Bool) -> Bool {
        let end = Date.now + seconds
        while Date.now < end {
            if condition() { return true }
            usleep(10_000)
        }
        return condition()
    }
}

/// What docs/POSTGRESQL.md says, word for word.
enum Example {
    static let schema = block(1)
    static let query = value("query")
    static let loginQuery = value("login_query")
    static let rows = block(2)

    private static let text: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: "docs/POSTGRESQL.md"), encoding: .utf8)) ?? ""
    }()

    /// The SQL block of this number.
    private static func block(_ number: Int) -> String {
        let parts = text.components(separatedBy: "```sql\n")
        guard parts.count > number else { return "" }
        return parts[number].components(separatedBy: "```")[0]
    }

    /// A block scalar of the YAML block.
    private static func value(_ key: String) -> String {
        guard
            let yaml = text.components(separatedBy: "```yaml\n").dropFirst().first?.components(
                separatedBy: "```")[0],
            let start = yaml.range(of: " \(key): |\n")
        else { return "" }
        let lines = yaml[start.upperBound...].split(separator: "\n")
        let indent = lines.first?.prefix { $0 == " " }.count ?? 0
        return lines.prefix { $0.prefix { $0 == " " }.count >= indent }.map { $0.dropFirst(indent) }
            .joined(separator: "\n")
    }
}

/// Runs `body` on as many threads, and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        Thread.detachNewThread {
            body(number)
            group.leave()
        }
    }
    group.wait()
}
