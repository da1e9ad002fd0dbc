import Synchronization

/// Runs the reload on a thread of its own. Requests that come during a reload lead to one more, however many.
final class Reloader: Sendable {
    /// Told what came of a reload.
    typealias Listener = @Sendable (ControlAnswer) -> Void

    private struct State {
        var isRunning = false
        var isAsked = false
        /// Those who wait for the next reload to begin, and then to end.
        var listeners: [Listener] = []
    }

    private let state = Mutex(State())
    private let reload: @Sendable () -> ControlAnswer

    private let status: @Sendable () -> String

    /// - Parameter status: the status line for systemd after a reload.
    init(_ reload: @escaping @Sendable () -> ControlAnswer, status: @escaping @Sendable () -> String) {
        self.reload = reload
        self.status = status
    }

    /// Asks for a reload that begins after this moment.
    ///
    /// - Parameter listener: told what came of it, on the reload's thread.
    func request(_ listener: Listener? = nil) {
        let mustStart = state.withLock { state in
            state.isAsked = true
            if let listener { state.listeners.append(listener) }
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard mustStart, !startThread(niceness: Self.niceness, { self.run() }) else { return }
        let listeners = state.withLock { state in
            defer { state = State() }
            return state.listeners
        }
        for listener in listeners {
            listener(ControlAnswer(exitCode: 71, lines: ["reload: cannot start a thread; try again"]))
        }
    }

    /// Mail comes first: a reload reads files for seconds where there are many, and may take its time.
    private static let niceness: Int32 = 10

    private func run() {
        while let listeners = next() {
            ServiceManager.tellReloading()
            let answer = reload()
            ServiceManager.tellReady(status())
            for listener in listeners { listener(answer) }
        }
    }

    /// Those who asked for a reload, nil where nobody did.
    private func next() -> [Listener]? {
        state.withLock { state in
            guard state.isAsked else {
                state.isRunning = false
                return nil
            }
            defer { (state.isAsked, state.listeners) = (false, []) }
            return state.listeners
        }
    }
}
