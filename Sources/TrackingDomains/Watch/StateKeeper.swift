import Configuration
import Synchronization

/// Reads and writes the state file for the watch, and says so once where that does not work.
final class StateKeeper: Sendable {
    private struct State {
        var isDamaged = false
        /// Whether the last attempt failed; the operator has been told.
        var hasFailed = false
        /// When something was first found unsaved, or may be tried again.
        var unsavedSince: Moment?
    }

    /// How long to wait after a failure.
    private static let patience = Duration.seconds(60)

    private let file: StateFile
    private let report: @Sendable (WatchEvent) -> Void
    private let state = Mutex(State())

    init(path: String, report: @escaping @Sendable (WatchEvent) -> Void) {
        file = StateFile(path: path)
        self.report = report
    }

    /// What the file knows: nothing where it is missing or unusable.
    func restore() -> [DomainQuestion: WatchTable.Entry] {
        switch file.read() {
        case .missing: return [:]
        case .known(let entries): return entries
        case .damaged(let why), .unreadable(let why):
            state.withLock { $0.isDamaged = true }
            warn("\(why); starting without it, every domain has to be verified anew")
            return [:]
        }
    }

    /// How long until the entries should be saved, given that they changed: changes come in swarms.
    func timeToSave(at now: Moment, delay: Duration) -> Duration {
        state.withLock { state in
            let since = state.unsavedSince ?? now
            state.unsavedSince = since
            return since + delay - now
        }
    }

    /// Writes the file.
    ///
    /// - Returns: whether that worked; the operator is told of the first time that it does not.
    func save(_ entries: [DomainQuestion: WatchTable.Entry], at now: Moment) -> Bool {
        state.withLock { state in
            do throws(ValueError) {
                if state.isDamaged {
                    try file.putAside()
                    state.isDamaged = false
                    warn("kept as \(file.path).damaged")
                }
                try file.write(entries, at: now)
                if state.hasFailed { say("written again") }
                (state.unsavedSince, state.hasFailed) = (nil, false)
                return true
            } catch {
                state.unsavedSince = now + Self.patience
                if !state.hasFailed {
                    warn(
                        "\(error.message); what is known of domains is lost at a restart. The folder has to be there, have room, "
                            + "and belong to the user that signpost runs as; or name another file in domain_check.state"
                    )
                }
                state.hasFailed = true
                return false
            }
        }
    }

    private func warn(_ text: String) { say(text, isWarning: true) }

    private func say(_ text: String, isWarning: Bool = false) {
        report(WatchEvent(isWarning: isWarning, description: "domain_check.state: \(file.path): \(text)"))
    }
}
