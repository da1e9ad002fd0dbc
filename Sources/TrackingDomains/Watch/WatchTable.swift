/// Every domain that is watched, what is known of it and when it is looked up next. Pure: the time is handed in.
struct WatchTable {
    /// A domain.
    struct Entry {
        var state = DomainState()
        /// A sender whose domain it is, for the log.
        var sender: String
        /// Whether the configuration names it.
        var isListed = false
        /// When a message last asked for it, or the configuration last named it.
        var lastSeen: Moment
        /// When it is looked up next; nil while it is.
        var due: Moment?

        /// The entry with no moment that is yet to come: the wall clock may have been set back.
        fileprivate func known(at now: Moment) -> Entry {
            var entry = self
            entry.lastSeen = min(lastSeen, now)
            entry.state.failingSince = state.failingSince.map { min($0, now) }
            entry.state.lastWarning = state.lastWarning.map { min($0, now) }
            return entry
        }
    }

    private(set) var entries: [DomainQuestion: Entry] = [:]
    /// Whether something changed that a restart should know.
    var isUnsaved = false
    private var schedule = Schedule()
    var timing: WatchTiming

    init(timing: WatchTiming) { self.timing = timing }

    // MARK: Which domains

    /// Takes up what an earlier run knew. What it used is looked up within `recheck`, what it did not within seconds.
    mutating func restore(_ known: [DomainQuestion: Entry], at now: Moment) {
        for (question, entry) in known where entries[question] == nil {
            entries[question] = entry.known(at: now)
            let patience = entry.state.isUsed ? timing.recheck : timing.afterFailure(number: 1)
            plan(question, at: now + patience * .random(in: 0..<1))
        }
    }

    /// The configuration names these domains, each with a sender who has it.
    mutating func list(_ questions: some Sequence<(key: DomainQuestion, value: String)>, at now: Moment) {
        for (question, sender) in questions {
            note(question, of: sender, at: now)
            entries[question]?.isListed = true
            entries[question]?.sender = sender
        }
    }

    /// The configuration does not name these domains any more. They are forgotten after a while, since a file may be
    /// broken for an hour.
    mutating func unlist(_ questions: some Sequence<DomainQuestion>, at now: Moment) {
        for question in questions {
            entries[question]?.isListed = false
            entries[question]?.lastSeen = now
        }
    }

    /// Takes note that a domain is in use by somebody; a new one is looked up before all others.
    ///
    /// - Returns: whether it is new.
    @discardableResult
    mutating func note(_ question: DomainQuestion, of sender: String, at now: Moment) -> Bool {
        if let entry = entries[question] {
            // Seldom, because a change while the table is being saved copies it whole.
            if !entry.isListed, now - entry.lastSeen > .seconds(60) { entries[question]?.lastSeen = now }
            return false
        }
        entries[question] = Entry(sender: sender, lastSeen: now)
        plan(question, at: .zero)
        return true
    }

    /// Why links may not move to a domain now; nil where they may.
    func problem(of question: DomainQuestion) -> String? {
        guard let state = entries[question]?.state, state.wasChecked else { return "not looked up yet" }
        return state.isUsed ? nil : state.problem ?? "not verified"
    }

    // MARK: When

    /// When the next domain is due; nil where there is none.
    var nextDue: Moment? { schedule.first?.time }

    /// Takes the domains that are due, the longest waiting first. Each has to come back by ``take(_:for:at:)``.
    mutating func due(at now: Moment, atMost limit: Int) -> [DomainQuestion] {
        var questions: [DomainQuestion] = []
        while questions.count < limit, let first = schedule.first, first.time <= now {
            _ = schedule.removeFirst()
            guard let entry = entries[first.question], entry.due == first.time else { continue }
            if !entry.isListed, now - entry.lastSeen > WatchTiming.memory {
                entries[first.question] = nil
                isUnsaved = true
            } else {
                entries[first.question]?.due = nil
                questions.append(first.question)
            }
        }
        return questions
    }

    /// Takes note of a finding and makes the next appointment.
    ///
    /// - Returns: what the operator should hear of.
    mutating func take(
        _ finding: DomainFinding, for question: DomainQuestion, at now: Moment
    ) -> (changes: [DomainState.Change], sender: String) {
        guard var entry = entries[question] else { return ([], "") }
        let before = entry.state
        let (changes, wait) = entry.state.take(finding, at: now, timing)
        if before.persistent != entry.state.persistent { isUnsaved = true }
        entries[question] = entry
        // Domains that came together, at the start, drift apart.
        let isSteady = finding.verdict.weight == .good
        plan(question, at: now + (isSteady ? wait * .random(in: 0.9...1) : wait))
        return (changes, entry.sender)
    }

    private mutating func plan(_ question: DomainQuestion, at time: Moment) {
        entries[question]?.due = time
        schedule.add(Schedule.Appointment(time: time, question: question))
    }
}
