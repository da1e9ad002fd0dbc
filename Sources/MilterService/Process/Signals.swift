import Glibc

/// The signals of the service: blocked in every thread, and taken by the one that runs it.
enum Signals {
    private static let handled = [SIGHUP, SIGUSR1, SIGTERM, SIGINT]

    /// Blocks the signals in this thread and in those it will start. SIGPIPE is ignored, and SIGXFSZ:
    /// a file that grows past a limit (ulimit -f) is an error as a full disk is. SIGUSR2 does nothing.
    static func block() {
        var set = signalSet()
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGUSR2) { _ in }
        // Whoever started us may have left it blocked.
        sigemptyset(&set)
        sigaddset(&set, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Has a thread return from a poll(2) that it sleeps in, with EINTR.
    static func interrupt(_ thread: pthread_t) { pthread_kill(thread, SIGUSR2) }

    /// The next signal, nil after `milliseconds` without one. Signals of one kind that pile up count as one.
    static func next(within milliseconds: Int) -> Int32? {
        var set = signalSet()
        var patience = timespec(
            tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        let received = sigtimedwait(&set, nil, &patience)
        return received > 0 ? received : nil
    }

    private static func signalSet() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in handled { sigaddset(&set, signal) }
        return set
    }
}
