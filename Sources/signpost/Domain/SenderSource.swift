import Configuration
import PostgreSQLSenders
import Senders
import Synchronization

/// Where the sub-commands find a sender: in its file, by its name; in a database by one of its addresses, because the
/// operator's query knows nothing else.
enum SenderSource {
    case folder(SenderEditor)
    case database(Database)

    static let help =
        "The sender: its file's name without .yaml; where senders are in a database, one of its addresses."

    /// Tries a database at once: what is wrong with it ends the command.
    init(_ settings: Settings) throws {
        switch settings.senders {
        case .folder(let folder): self = .folder(SenderEditor(settings, folder: folder))
        case .pgsql(let pgsql): self = .database(try Database(settings, pgsql))
        }
    }

    /// What can be done with files alone; `advice` tells what to do where there are none.
    func folder(or advice: String) throws -> SenderEditor {
        if case .folder(let editor) = self { return editor }
        complain("the senders are in a database, not in files: \(advice)")
        throw SystemExit.usage
    }

    func sender(_ name: String) throws -> SenderEditor.Found {
        switch self {
        case .folder(let editor): editor.sender(name)
        case .database(let database): try database.sender(name)
        }
    }

    /// What stands for the sender in messages.
    func file(of name: String) -> String {
        if case .folder(let editor) = self { editor.path(of: name) ?? name } else { name }
    }

    /// Says that there is no such sender, and what to do.
    func complainOfMissing(_ name: String) {
        switch self {
        case .folder(let editor):
            let path = editor.path(of: name)
            complain(
                "no sender is called \(quoted(name)): "
                    + (path.map { "there is no file \(quoted($0))" } ?? "that is no file's name"))
        case .database:
            complain(
                "no sender is found for \(quoted(name)): the senders are in a database, and `query` is asked for an "
                    + "address such as news@acme.example")
        }
    }

    /// The operator's database.
    struct Database {
        private let directory: SenderDirectory
        private let mistakes: Mistakes

        /// What was told of rows while they were read.
        private final class Mistakes: Sendable {
            private let list = Mutex<[ConfigurationError]>([])
            func add(_ error: ConfigurationError) { list.withLock { $0.append(error) } }
            func take() -> [ConfigurationError] {
                list.withLock { list in
                    defer { list = [] }
                    return list
                }
            }
        }

        init(_ settings: Settings, _ pgsql: Settings.PostgreSQL) throws {
            let database = SenderDatabase(pgsql)
            try verifyThatItAnswers(database)
            let mistakes = Mistakes()
            database.start { event in
                if case .broken(let error) = event { mistakes.add(error) }
            }
            self.mistakes = mistakes
            directory = SenderDirectory(
                asking: DatabaseSenders(database, settings: settings) { _, _ in nil },
                identifySenderBy: settings.identifySenderBy)
        }

        func sender(_ address: String) throws -> SenderEditor.Found {
            switch directory.owner(ofAddress: address) {
            case nil: return .none
            case .sender(let sender): return .sender(sender)
            case .broken: return .broken(mistakes.take())
            case .contested:
                let place = SourcePosition(file: "pgsql: answer for \(address)")
                return .broken([ConfigurationError(place, "expected one row, found several")])
            case .unavailable(let reason):
                complain(reason)
                throw SystemExit.unavailable
            }
        }
    }
}

/// Ends the command where a database cannot be asked, or the queries are not in order.
func verifyThatItAnswers(_ database: SenderDatabase) throws {
    complain(database.mistakes)
    if !database.mistakes.isEmpty { throw SystemExit.configuration }
    switch database.check() {
    case .good: break
    case .wrong(let error):
        complain([error])
        throw SystemExit.configuration
    case .unreachable(let error):
        complain([error])
        throw SystemExit.unavailable
    }
}
