import Synchronization

/// Runs the reload on a thread of its own. Requests that come during a reload lead to one more, however many.
final class Reloader: Sendable {
    private enum State { case idle, running, runningAndAsked }

    private let state = Mutex(State.idle)
    private let reload: @Sendable () -> Void

    init(_ reload: @escaping @Sendable () -> Void) { self.reload = reload }

    /// Asks for a reload that begins after this moment.
    func request() {
        let mustStart = state.withLock { state in
            defer { state = state == .idle ? .running : .runningAndAsked }
            return state == .idle
        }
        guard mustStart else { return }
        if !startThread({ self.run() }) { state.withLock { $0 = .idle } }
    }

    private func run() {
        var again = true
        while again {
            ServiceManager.tellReloading()
            reload()
            ServiceManager.tellReady()
            again = state.withLock { state in
                defer { state = state == .runningAndAsked ? .running : .idle }
                return state == .runningAndAsked
            }
        }
    }
}
