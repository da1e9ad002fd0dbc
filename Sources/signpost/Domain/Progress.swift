import Glibc

/// How far a long run is, on standard error where that is a terminal: `12 of 1000 domains looked up`.
final class Progress {
    private let total: Int
    private let what: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private var done = 0
    private var isOnScreen = false
    // Who is done within a second needs no progress.
    private var next = ContinuousClock.now + .seconds(1)

    init(total: Int, _ what: String) { (self.total, self.what) = (total, what) }

    func step() {
        done += 1
        guard isShown, .now >= next else { return }
        next = .now + .milliseconds(200)
        isOnScreen = true
        _ = writeAll(Array("\r\(done) of \(total) \(what)".utf8), to: STDERR_FILENO)
    }

    /// Takes the line away.
    func end() {
        // ECMA-48: erase in line.
        if isOnScreen { _ = writeAll(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO) }
    }
}
