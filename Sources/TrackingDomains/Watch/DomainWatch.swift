import Configuration
import Dispatch
import DomainNames
import Synchronization

/// Watches the tracking domains: looks each up again and again on a thread of its own, and tells the message path what
/// is known.
public final class DomainWatch: DomainStates {
    /// What is watched, and how.
    public struct Setup: Sendable {
        /// The `domain_check` block.
        public var check: Settings.DomainCheck
        /// Where domains have to point.
        public var target: DomainName
        /// Who looks them up.
        public var verifier: any DomainVerifier
        /// The domains that the configuration names, each with the id of a sender who has it.
        public var questions: [DomainQuestion: String]

        /// A setup.
        public init(
            check: Settings.DomainCheck, target: DomainName, verifier: any DomainVerifier,
            questions: [DomainQuestion: String]
        ) {
            self.check = check
            self.target = target
            self.verifier = verifier
            self.questions = questions
        }

        fileprivate var timing: WatchTiming { WatchTiming(recheck: check.recheck, grace: check.grace) }
        fileprivate var wording: WatchWording {
            WatchWording(target: target, isRequired: check.mode == .require, grace: check.grace)
        }
    }

    /// How many domains are looked up at once.
    private static let batch = 64
    /// The time from one full batch to the next: at the start thousands of domains are due.
    private static let batchInterval = Duration.milliseconds(250)
    /// How many domains change under one lock, so that no message waits for a reload.
    private static let chunk = 1000

    private struct State {
        var table: WatchTable
        var setup: Setup
        var isRunning = false
        var hasEnded = false
    }

    private let state: Mutex<State>
    private let keeper: StateKeeper
    private let clock = WatchClock()
    private let report: @Sendable (WatchEvent) -> Void
    /// Signalled when there is something to do before the next appointment.
    private let alarm = DispatchSemaphore(value: 0)
    private let end = DispatchSemaphore(value: 0)

    /// A watch that knows what the state file says.
    ///
    /// - Parameter report: told of each change of state, from any thread.
    public init(_ setup: Setup, report: @escaping @Sendable (WatchEvent) -> Void) {
        self.report = report
        keeper = StateKeeper(path: setup.check.state, report: report)
        var table = WatchTable(timing: setup.timing)
        table.restore(keeper.restore(), at: clock.now)
        table.list(setup.questions, at: clock.now)
        state = Mutex(State(table: table, setup: setup))
    }

    /// Goes on with another setup; what is known of domains stays. New ones are looked up at once.
    ///
    /// Not to be called by two threads at a time. The path of the state file does not change.
    public func update(_ setup: Setup) {
        let old = state.withLock { state in
            let old = state.setup
            state.setup = setup
            state.table.timing = setup.timing
            if setup.timing.recheck < old.timing.recheck { state.table.hurry(at: clock.now) }
            return old.questions
        }
        let gone = old.keys.filter { setup.questions[$0] == nil }
        let new = setup.questions.filter { old[$0.key] != $0.value }
        inChunks(gone) { table, questions, now in table.unlist(questions, at: now) }
        inChunks(Array(new)) { table, questions, now in table.list(questions, at: now) }
        alarm.signal()
    }

    private func inChunks<Element>(
        _ elements: [Element], body: (inout WatchTable, ArraySlice<Element>, Moment) -> Void
    ) {
        for start in stride(from: 0, to: elements.count, by: Self.chunk) {
            let chunk = elements[start..<min(start + Self.chunk, elements.count)]
            state.withLock { body(&$0.table, chunk, clock.now) }
        }
    }

    // MARK: For messages

    /// Which of these domains are not in use, and why. A domain that was unknown will be looked up soon.
    public func problems(of questions: [DomainQuestion], sender: String) -> [DomainQuestion: String] {
        let now = clock.now
        var isNew = false
        let problems = state.withLock { state in
            var problems: [DomainQuestion: String] = [:]
            for question in questions {
                if state.table.note(question, of: sender, at: now) { isNew = true }
                problems[question] = state.table.problem(of: question)
            }
            return problems
        }
        if isNew { alarm.signal() }
        return problems
    }

    /// How many of the domains that somebody wants to know of are how.
    public var standings: [DomainStanding: Int] {
        // A copy that is shared until the table changes, so that no message waits while it is counted.
        let entries = state.withLock { $0.table.entries }
        return entries.values.reduce(into: [:]) { counts, entry in
            if entry.interest != .none { counts[entry.state.standing, default: 0] += 1 }
        }
    }

    // MARK: The thread

    /// Watches until ``stop()``, on the calling thread.
    public func run() {
        state.withLock { $0.isRunning = true }
        defer { end.signal() }
        // Whoever set up a folder that cannot be written hears of it now.
        save()
        var earliest = Moment.zero
        var silence = Silence()
        while true {
            let start = clock.now
            let (questions, setup, hasEnded) = state.withLock { state in
                let limit = start < earliest || state.hasEnded ? 0 : Self.batch
                return (state.table.due(at: start, atMost: limit), state.setup, state.hasEnded)
            }
            if hasEnded { return }
            if !questions.isEmpty,
                let event = silence.heard(verify(questions, setup), at: clock.now, setup.timing)
            {
                report(event)
            }
            if questions.count == Self.batch { earliest = start + Self.batchInterval }
            sleep(until: earliest)
        }
    }

    /// Ends ``run()``, and writes down what is known. Returns within a second or so, even while DNS keeps the thread
    /// waiting.
    public func stop() {
        let isRunning = state.withLock { state in
            state.hasEnded = true
            return state.isRunning
        }
        alarm.signal()
        if isRunning { _ = end.wait(timeout: .now() + .milliseconds(500)) }
        if state.withLock({ $0.table.isUnsaved }) { save() }
    }

    /// Looks domains up.
    ///
    /// - Returns: why nothing was learnt of any of them; nil where something was.
    private func verify(_ questions: [DomainQuestion], _ setup: Setup) -> String? {
        var unanswered = Set(questions)
        var silence: String? = "no answer"
        setup.verifier.verify(questions) { question, finding in
            unanswered.remove(question)
            silence = finding.verdict.weight == .silence && silence != nil ? finding.verdict.inTheLog : nil
            take(finding, for: question, setup)
        }
        for question in unanswered {
            take(DomainFinding(.unreachable(reason: "no answer")), for: question, setup)
        }
        return silence
    }

    private func take(_ finding: DomainFinding, for question: DomainQuestion, _ setup: Setup) {
        let now = clock.now
        let (changes, sender) = state.withLock { state in
            state.hasEnded ? ([], "") : state.table.take(finding, for: question, at: now)
        }
        for change in changes { report(setup.wording.event(change, of: question, sender: sender)) }
    }

    /// Sleeps until the next domain is due, though not before `earliest`, or something happens. Saves on the way.
    private func sleep(until earliest: Moment) {
        let (nextDue, isUnsaved, recheck) = state.withLock {
            ($0.table.nextDue, $0.table.isUnsaved, $0.table.timing.recheck)
        }
        let now = clock.now
        var wait = max((nextDue ?? now + recheck), earliest) - now
        if isUnsaved {
            let untilSaved = keeper.timeToSave(at: now, delay: min(recheck, .seconds(2)))
            if untilSaved <= .zero { return save() }
            wait = min(wait, untilSaved)
        }
        let (seconds, attoseconds) = wait.components
        let milliseconds = min(max(seconds, 0), 3600) * 1000 + max(attoseconds, 0) / 1_000_000_000_000_000 + 1
        if wait > .zero { _ = alarm.wait(timeout: .now() + .milliseconds(Int(milliseconds))) }
    }

    private func save() {
        let entries = state.withLock { state in
            state.table.isUnsaved = false
            return state.table.entries
        }
        if !keeper.save(entries, at: clock.now) { state.withLock { $0.table.isUnsaved = true } }
    }
}
