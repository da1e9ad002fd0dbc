import Configuration

/// The thread that makes a pool's connections.
struct Keeper: Sendable {
    let dial: Dial
    /// The pool's. The pool itself may go; its state then says that it is over.
    let state: Monitor<ConnectionPool.State>

    /// Returns when the pool is over.
    func run() {
        while let era = nextEra() {
            do {
                let connection = try dial.connect(era: era)
                state.change { $0.take(connection) }
            } catch {
                state.change { $0.failed(error.reason) }
            }
        }
    }

    /// Waits until another connection is wanted.
    ///
    /// - Returns: the era for it; nil where the pool is over.
    private func nextEra() -> Int? {
        state.wait { [limit = dial.settings.connections] state, _ in
            if state.isOver { return .done(nil) }
            guard state.isWanted(limit: limit) else { return .until(nil) }
            return Moment.now < state.nextAttempt ? .until(state.nextAttempt) : .done(state.era)
        }
    }
}

extension ConnectionPool.State {
    /// One connection where the server's health is to be found out, otherwise one for each thread that waits.
    fileprivate func isWanted(limit: Int) -> Bool {
        guard case .good = health else { return true }
        return waiting > idle.count && count < limit
    }

    fileprivate mutating func take(_ connection: Connection) {
        guard connection.era == era, !isOver else { return }
        count += 1
        idle.append(connection)
        turnGood()
    }

    /// Where others are in use, the server may merely have too few: mail goes on with those.
    fileprivate mutating func failed(_ reason: String) {
        nextAttempt = .now + pause
        pause = min(pause * 2, ConnectionPool.longestPause)
        if case .good = health { return }
        turnAway(reason)
    }
}
