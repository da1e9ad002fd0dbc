import Configuration
import Foundation

/// Lends connections to threads that ask. All are made by one thread of its own, so that no message waits for
/// more than an answer; it also sees when a server that was away is back.
final class ConnectionPool: Sendable {
    /// Why there is no connection.
    enum Refusal: Error, Equatable {
        /// The server is known to be away. Said at once.
        case away
        /// None came free in time, and there are as many as there may be.
        case busy
        /// None could be made in time.
        case late
    }

    enum Health {
        /// Nobody knows; it is being found out.
        case unknown(since: Moment)
        case good
        case away(since: Moment)
    }

    struct State {
        var health = Health.unknown(since: .now)
        var idle: [Connection] = []
        /// Idle ones and those lent.
        var count = 0
        /// Threads that wait for one.
        var waiting = 0
        /// Connections of an earlier era are not used again.
        var era = 0
        var isRunning = false
        var isOver = false
        /// When connecting is worth trying again.
        var nextAttempt = Moment.past
        var pause = ConnectionPool.firstPause
        var onEvent: (@Sendable (DatabaseEvent) -> Void)?
    }

    /// Between attempts; doubled after each.
    static let firstPause = Duration.milliseconds(250)
    static let longestPause = Duration.seconds(8)

    let dial: Dial
    let state = Monitor(State())

    init(_ settings: Settings.PostgreSQL) { dial = Dial(settings: settings) }

    /// Starts connecting. Does nothing where it has.
    func start(onEvent: @escaping @Sendable (DatabaseEvent) -> Void) {
        let isFirst = state.change { state in
            state.onEvent = onEvent
            if state.isRunning { return false }
            state.isRunning = true
            state.health = .unknown(since: .now)
            return true
        }
        if isFirst { Thread.detachNewThread { [keeper = Keeper(dial: dial, state: state)] in keeper.run() } }
    }

    /// Gives all connections up, now and as they come back.
    func stop() {
        state.change { state in
            state.isOver = true
            state.giveUpIdle()
        }
    }

    deinit { stop() }

    /// A connection, to be given back or given up.
    func borrow(until deadline: Moment) throws(Refusal) -> Connection {
        let (timeout, limit) = (dial.settings.timeout, dial.settings.connections)
        // Told to the keeper, who may make another connection.
        state.change { $0.waiting += 1 }
        let outcome: Result<Connection, Refusal> = state.wait { state, isLate in
            switch state.health {
            case .away: return state.served(.failure(.away))
            case .good:
                if let connection = state.idle.popLast() { return state.served(.success(connection)) }
            case .unknown(let since):
                // Several hosts, or a slow resolver, can take the keeper longer than a message is to wait.
                if isLate, Moment.now >= since + timeout {
                    state.turnAway("no connection within \(timeout.components.seconds) s")
                    return state.served(.failure(.away))
                }
            }
            if isLate { return state.served(.failure(state.count < limit ? .late : .busy)) }
            return .until(deadline)
        }
        return try outcome.get()
    }

    /// Takes back a connection that is in order: the server is there.
    func giveBack(_ connection: Connection) {
        state.change { state in
            guard connection.era == state.era, !state.isOver else {
                state.count -= 1
                return
            }
            state.idle.append(connection)
            state.turnGood()
        }
    }

    /// Takes back a connection that is not to be used again.
    ///
    /// - Parameter isSuspicious: the server may be gone, and the other connections with it.
    func giveUp(_ connection: Connection, isSuspicious: Bool) {
        state.change { state in
            state.count -= 1
            guard isSuspicious, connection.era == state.era, case .good = state.health else { return }
            state.giveUpIdle()
            state.health = .unknown(since: .now)
            state.nextAttempt = .past
        }
    }
}

extension ConnectionPool.State {
    fileprivate mutating func served(
        _ result: Result<Connection, ConnectionPool.Refusal>
    ) -> Monitor<ConnectionPool.State>.Wait<Result<Connection, ConnectionPool.Refusal>> {
        waiting -= 1
        return .done(result)
    }

    /// Closes what nobody uses; what is lent follows when it comes back.
    mutating func giveUpIdle() {
        count -= idle.count
        idle = []
        era += 1
    }

    /// The server is there.
    mutating func turnGood() {
        if case .away(let since) = health { onEvent?(.back(after: .now - since)) }
        health = .good
        pause = ConnectionPool.firstPause
    }

    /// The server is not there. Told in the order in which it happens, so while the lock is held.
    mutating func turnAway(_ reason: String) {
        if case .away = health { return }
        giveUpIdle()
        health = .away(since: .now)
        onEvent?(.away(reason: reason))
    }
}
