/// What is known of a domain, and how findings change it. Pure: the time is handed in.
///
/// Slow to drop, quick to take: a domain is used from its first success. It is dropped when DNS says no twice with a
/// pause between, or when it fails otherwise for the whole of `grace`; never because nobody could be asked.
struct DomainState: Sendable, Equatable {
    /// Whether links may move there.
    var isUsed = false
    /// Whether it was ever looked up.
    var wasChecked = false
    /// What is wrong with it; nil where nothing is, or nothing is known.
    var problem: String?
    /// Since when it fails without a success between; time that nobody could be asked begins nothing.
    var failingSince: Moment?
    /// When DNS first said no, without a success since.
    var negativeSince: Moment?
    /// Failures in a row.
    var failures = 0
    /// Whether the log has been told why it is not used.
    var isExplained = false
    /// When its certificate, or something else that does not keep it from being used, was last warned of.
    var lastWarning: Moment?

    var standing: DomainStanding {
        guard wasChecked else { return .pending }
        return !isUsed ? .unverified : failures > 0 ? .failing : .verified
    }

    /// Something the operator hears of.
    enum Change: Sendable, Equatable {
        /// Links move there from now on.
        case gained
        /// Links move there no more.
        case lost(DomainFinding.Verdict)
        /// It is not used, and this is why: the first time that this is known.
        case refused(DomainFinding.Verdict)
        /// It is used and fails; it will be lost if that goes on.
        case failing(DomainFinding.Verdict)
        /// It is used and has stopped failing.
        case recovered
        /// Its certificate has this much time left.
        case expiring(Duration)
        /// It is used, and still something is not as it should be: by `https_check` that does not matter.
        case flawed(String)
    }

    /// Takes note of a finding.
    ///
    /// - Returns: what the operator should hear of, and how long to wait until the next look.
    mutating func take(
        _ finding: DomainFinding, at now: Moment, _ timing: WatchTiming
    ) -> (changes: [Change], wait: Duration) {
        wasChecked = true
        let verdict = finding.verdict
        guard verdict.weight != .good else { return succeed(finding, at: now, timing) }
        failures += 1
        problem = verdict.inTheLog
        if verdict.weight == .silence {
            // No statement: what is used stays used, what is not stays so.
            let changes: [Change] = isUsed || failures > 1 || isExplained ? [] : [.refused(verdict)]
            return (changes, timing.afterFailure(number: failures))
        }
        guard isUsed else {
            defer { isExplained = true }
            return (isExplained ? [] : [.refused(verdict)], timing.afterFailure(number: failures))
        }
        return fail(verdict, at: now, timing)
    }

    private mutating func succeed(
        _ finding: DomainFinding, at now: Moment, _ timing: WatchTiming
    ) -> (changes: [Change], wait: Duration) {
        var changes: [Change] = []
        if !isUsed {
            changes.append(.gained)
        } else if failingSince != nil, negativeSince != failingSince {
            changes.append(.recovered)
        }
        isUsed = true
        isExplained = false
        (problem, failingSince, negativeSince, failures) = (nil, nil, nil, 0)
        if let warning = warning(about: finding, at: now) { changes.append(warning) }
        return (changes, timing.afterSuccess(timeToLive: finding.timeToLive))
    }

    /// A used domain's failure of which something is known.
    private mutating func fail(
        _ verdict: DomainFinding.Verdict, at now: Moment, _ timing: WatchTiming
    ) -> (changes: [Change], wait: Duration) {
        let isFirst = failingSince == nil
        let since = failingSince ?? now
        failingSince = since
        if verdict.weight == .negative {
            guard let first = negativeSince else {
                negativeSince = now
                return ([], timing.pause)
            }
            if now - first < timing.pause { return ([], timing.pause - (now - first)) }
            return lose(verdict, timing)
        }
        if now - since >= timing.grace { return lose(verdict, timing) }
        let wait = min(timing.afterFailure(number: failures), timing.grace - (now - since))
        return (isFirst ? [.failing(verdict)] : [], wait)
    }

    private mutating func lose(
        _ verdict: DomainFinding.Verdict, _ timing: WatchTiming
    ) -> (changes: [Change], wait: Duration) {
        isUsed = false
        isExplained = true
        (failingSince, negativeSince, failures) = (nil, nil, 1)
        return ([.lost(verdict)], timing.afterFailure(number: failures))
    }

    /// What the operator should hear about a domain in order, now and then.
    private mutating func warning(about finding: DomainFinding, at now: Moment) -> Change? {
        var change = (finding.certificate?.problem ?? finding.note).map { Change.flawed($0) }
        if let end = finding.certificate?.notAfter, .seconds(end) - now < WatchTiming.certificateNotice {
            change = change ?? .expiring(.seconds(end) - now)
        }
        if let last = lastWarning, now - last < WatchTiming.reminder { return nil }
        if change != nil { lastWarning = now }
        return change
    }
}

extension DomainFinding.Verdict {
    /// How much a verdict says about a domain.
    enum Weight { case good, negative, soft, silence }

    var weight: Weight {
        switch self {
        case .verified, .flattened: .good
        case .missing, .wrongTarget, .loop, .noAddress: .negative
        case .bogus, .noHTTPS: .soft
        case .unreachable: .silence
        }
    }
}
