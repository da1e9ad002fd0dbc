/// Every domain that is watched, what is known of it and when it is looked up next. Pure: the time is handed in.
struct WatchTable {
    /// A domain.
    ///
    /// Its fields are behind a reference: dictionaries are half empty, and one of 100,000 with all fields in it, which
    /// is copied as soon as it is changed while it is saved, takes more memory than all senders.
    @dynamicMemberLookup
    struct Entry {
        /// What is kept of it.
        struct Fields {
            var state = DomainState()
            /// A sender whose domain it is, for the log.
            var sender: String
            /// Who wants to know of it.
            var interest = Interest.none
            /// When a message last asked for it, or the configuration last named it.
            var lastSeen: Moment
            /// Whether it is looked up no more, and only remembered.
            var isDormant = false
            /// When it is looked up next; nil while it is.
            var due: Moment?
        }

        private indirect enum Box { case fields(Fields) }
        private var box: Box

        init(state: DomainState = DomainState(), sender: String, interest: Interest = .none, lastSeen: Moment)
        {
            box = .fields(Fields(state: state, sender: sender, interest: interest, lastSeen: lastSeen))
        }

        subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
            get {
                switch box {
                case .fields(let fields): fields[keyPath: field]
                }
            }
            set {
                switch box {
                case .fields(var fields):
                    fields[keyPath: field] = newValue
                    box = .fields(fields)
                }
            }
        }

        /// Who wants to know of a domain.
        enum Interest {
            /// Nobody any more, or nobody yet since the start.
            case none
            /// Messages ask for it.
            case messages
            /// The configuration names it.
            case configuration
        }

        /// The entry with no moment that is yet to come: the wall clock may have been set back.
        fileprivate func known(at now: Moment) -> Entry {
            var entry = self
            entry.lastSeen = min(self.lastSeen, now)
            entry.state.failingSince = self.state.failingSince.map { min($0, now) }
            entry.state.lastWarning = self.state.lastWarning.map { min($0, now) }
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

    /// Takes up what an earlier run knew. What it used is looked up within `recheck`, what it did not within seconds;
    /// all that only where somebody wants to know by then.
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
            entries[question]?.interest = .configuration
            entries[question]?.sender = sender
        }
    }

    /// The configuration does not name these domains any more. They are not looked up, and forgotten after a day: a
    /// file may be broken for an hour.
    mutating func unlist(_ questions: some Sequence<DomainQuestion>, at now: Moment) {
        for question in questions {
            entries[question]?.interest = .none
            entries[question]?.lastSeen = now
        }
    }

    /// Takes note that a domain is in use by somebody; a new one is looked up before all others.
    ///
    /// - Returns: whether it is new.
    @discardableResult
    mutating func note(_ question: DomainQuestion, of sender: String, at now: Moment) -> Bool {
        guard let entry = entries[question] else {
            entries[question] = Entry(sender: sender, interest: .messages, lastSeen: now)
            plan(question, at: .zero)
            return true
        }
        // Seldom, because a change while the table is being saved copies it whole.
        if entry.interest == .none || entry.interest == .messages && now - entry.lastSeen > .seconds(60) {
            entries[question]?.interest = .messages
            entries[question]?.lastSeen = now
        }
        if entry.isDormant {
            entries[question]?.isDormant = false
            plan(question, at: now)
        }
        return false
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
            let end = entry.lastSeen + WatchTiming.memory
            if entry.interest != .configuration, now >= end {
                entries[first.question] = nil
                isUnsaved = true
            } else if entry.interest == .none {
                entries[first.question]?.isDormant = true
                plan(first.question, at: end)
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

    /// Brings forward what would wait for longer than `recheck`, where that has become shorter.
    mutating func hurry(at now: Moment) {
        for (question, entry) in entries where !entry.isDormant {
            if let due = entry.due, due > now + timing.recheck {
                plan(question, at: now + timing.recheck * .random(in: 0..<1))
            }
        }
    }

    private mutating func plan(_ question: DomainQuestion, at time: Moment) {
        entries[question]?.due = time
        schedule.add(Schedule.Appointment(time: time, question: question))
    }
}
