import Configuration
import Senders

/// A database that knows senders, and what it said lately. Outlives reloads that do not concern it.
public final class SenderDatabase: Sendable {
    /// How it is asked.
    public let settings: Settings.PostgreSQL
    private let pool: ConnectionPool
    private let memory: Monitor<Memory>

    private struct Memory {
        var answers: ClockCache<Question, Answer>
        /// Keys that some thread is asking about; the others wait for its answer.
        var asking: Set<Question> = []
        var onEvent: (@Sendable (DatabaseEvent) -> Void)?
    }

    /// A database that is not connected to yet: see ``start(onEvent:)``.
    public init(_ settings: Settings.PostgreSQL) {
        self.settings = settings
        pool = ConnectionPool(settings)
        memory = Monitor(Memory(answers: ClockCache(capacity: settings.cache.entries)))
    }

    /// Connects, on a thread of its own, and stays connected. May be called again, to be told elsewhere.
    ///
    /// - Parameter onEvent: told what an operator should know, on any thread; not to ask for senders itself.
    public func start(onEvent: @escaping @Sendable (DatabaseEvent) -> Void) {
        memory.change { $0.onEvent = onEvent }
        pool.start(onEvent: onEvent)
    }

    /// What is wrong with the settings, as far as they tell without the server.
    public var mistakes: [ConfigurationError] {
        guard let mistake = Connection.mistake(in: settings.connection) else { return [] }
        return [settings.error(at: "connection", mistake)]
    }

    /// What `check` finds.
    public enum Finding: Sendable {
        /// The database answers, and the queries are in order.
        case good
        /// This is wrong in the configuration, or in the database.
        case wrong(ConfigurationError)
        /// The server does not let itself be asked; says why.
        case unreachable(ConfigurationError)
    }

    /// Connects, and has the server look at the queries. Blocks.
    public func check() -> Finding {
        do {
            _ = try Dial(settings: settings).connect(era: 0)
            return .good
        } catch {
            switch error {
            case .wrong(let key, let what): return .wrong(settings.error(at: key, "`\(key)`: \(what)"))
            case .unreachable(let reason):
                return .unreachable(settings.error(at: "connection", "the sender database: \(reason)"))
            }
        }
    }

    /// How many answers are remembered.
    public var count: Int { memory.withLock { $0.answers.count } }

    /// Whom a key leads to; nil where it is nobody's.
    ///
    /// - Parameter deadline: after it, what is remembered has to do.
    func owner(_ question: Question, read reader: RowReader, until deadline: Moment) -> SenderOwner? {
        switch claim(question, for: reader, until: deadline) {
        case .known(let answer): return answer.owner
        case .mine(let old):
            let (answer, isKept) = renewed(old, question, read: reader, until: deadline)
            let news = answer.mistakes.filter { old?.mistakes.contains($0) != true }
            let onEvent = memory.change { memory in
                memory.asking.remove(question)
                if isKept { memory.answers.insert(answer, for: question) }
                return memory.onEvent
            }
            for mistake in news { onEvent?(.broken(mistake)) }
            return answer.owner
        case .late(let rows?): return reader.owner(in: rows, asked: question).0
        case .late(nil): return .unavailable(reason: SenderDatabase.noAnswer)
        }
    }

    // MARK: -

    private static let noAnswer = "the sender database does not answer"

    private enum Claim {
        /// Good as it is.
        case known(Answer)
        /// To be asked by this thread.
        case mine(Answer?)
        /// Another thread asks, and has no answer yet; these are the last one's rows.
        case late([Row]?)
    }

    private func claim(_ question: Question, for reader: RowReader, until deadline: Moment) -> Claim {
        memory.wait { memory, isLate in
            let old = memory.answers.find(question)
            if let old, old.reader == reader.id, Moment.now < old.goodUntil {
                return .done(.known(old))
            }
            if isLate { return .done(.late(old?.rows)) }
            if memory.asking.insert(question).inserted { return .done(.mine(old)) }
            return .until(deadline)
        }
    }

    /// Asks, or makes do with what there was.
    private func renewed(
        _ old: Answer?, _ question: Question, read reader: RowReader, until deadline: Moment
    ) -> (Answer, isKept: Bool) {
        switch ask(question, until: deadline) {
        case .success(let rows):
            let goodUntil = Moment.now + settings.cache.timeToLive
            if var old, old.rows == rows, old.reader == reader.id {
                old.goodUntil = goodUntil
                return (old, true)
            }
            let (owner, mistakes) = reader.owner(in: rows, asked: question)
            return (
                Answer(rows: rows, owner: owner, mistakes: mistakes, reader: reader.id, goodUntil: goodUntil),
                true
            )
        case .failure(let failure):
            // Not at once again for this key, where asking takes time: the same message asks twice.
            let goodUntil = failure.isQuick ? Moment.past : .now + settings.timeout
            if var old, let rows = old.rows {
                if old.reader != reader.id {
                    (old.owner, old.mistakes) = reader.owner(in: rows, asked: question)
                    old.reader = reader.id
                }
                old.goodUntil = goodUntil
                return (old, true)
            }
            // What is not known must not drive out what is, while the database is away.
            let nothing = Answer(
                owner: .unavailable(reason: failure.reason), reader: reader.id, goodUntil: goodUntil)
            return (nothing, !failure.isQuick)
        }
    }

    private struct Failure: Error {
        var reason: String
        var isQuick = false
    }

    private func ask(_ question: Question, until deadline: Moment) -> Result<[Row], Failure> {
        // Once more where a connection turns out to be dead, or what was prepared on it too old.
        for isLast in [false, true] {
            let connection: Connection
            do {
                connection = try pool.borrow(until: deadline)
            } catch {
                switch error {
                case .away: return .failure(Failure(reason: SenderDatabase.noAnswer, isQuick: true))
                case .late: return .failure(Failure(reason: SenderDatabase.noAnswer))
                case .busy:
                    let count = settings.connections
                    return .failure(
                        Failure(reason: "all \(count) connections to the sender database are busy"))
                }
            }
            do {
                let rows = try connection.rows(of: question.statement, key: question.key, until: deadline)
                pool.giveBack(connection)
                return .success(rows)
            } catch {
                switch error {
                case .late:
                    pool.giveUp(connection, isSuspicious: true)
                    return .failure(Failure(reason: SenderDatabase.noAnswer))
                case .lost:
                    pool.giveUp(connection, isSuspicious: true)
                case .refused("57014", _):
                    // query_canceled: the server's own statement_timeout was a moment faster than ours.
                    pool.giveBack(connection)
                    return .failure(Failure(reason: SenderDatabase.noAnswer))
                case .refused(let code, let message):
                    // feature_not_supported: "cached plan must not change result type";
                    // invalid_sql_statement_name: somebody ran DISCARD ALL or DEALLOCATE.
                    if !isLast, code == "0A000" || code == "26000" {
                        pool.giveUp(connection, isSuspicious: false)
                        continue
                    }
                    pool.giveBack(connection)
                    return .failure(Failure(reason: "the sender database refuses the query: \(message)"))
                }
            }
        }
        return .failure(Failure(reason: SenderDatabase.noAnswer))
    }
}

extension Settings.PostgreSQL {
    fileprivate func error(at key: String, _ message: String) -> ConfigurationError {
        ConfigurationError(positions[key] ?? SourcePosition(file: "pgsql"), message)
    }
}
