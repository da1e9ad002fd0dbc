import Configuration
import DomainNames

/// Something that the operator should hear of: a line for the log.
public struct WatchEvent: Sendable, Equatable, CustomStringConvertible {
    /// Whether somebody may have to act.
    public var isWarning: Bool
    /// Whether a domain was given up to which links moved before.
    public var isLoss = false
    /// The line.
    public var description: String
}

/// What the sentences about domains depend on.
struct WatchWording: Sendable {
    /// Where domains have to point.
    var target: DomainName
    /// Whether links stay on the default domain while theirs is not verified (`mode: require`).
    var isRequired: Bool
    var grace: Duration

    func event(_ change: DomainState.Change, of question: DomainQuestion, sender: String) -> WatchEvent {
        let domain = question.domain
        let scheme = question.needsHTTPS ? ", https" : ""
        let without =
            isRequired ? "links stay on the default domain" : "links move to it all the same (mode: warn)"
        let (isWarning, what) =
            switch change {
            case .gained: (false, "verified, links move to it")
            case .lost(let verdict): (true, "lost: \(verdict.inTheLog); \(without)")
            case .refused(let verdict):
                (true, "not verified: \(verdict.inTheLog)\(advice(verdict, domain)); \(without)")
            case .failing(let verdict):
                (true, "failing: \(verdict.inTheLog); links move to it for \(grace.words) more")
            case .recovered: (false, "verified again")
            case .expiring(let left): (true, "its certificate expires in \(left.words)")
            case .flawed(let problem): (true, "links move to it, although \(problem)")
            }
        var event = WatchEvent(
            isWarning: isWarning, description: "domain \(domain) (sender \(sender)\(scheme)): \(what)")
        if case .lost = change { event.isLoss = true }
        return event
    }

    /// What to publish, where that would help.
    private func advice(_ verdict: DomainFinding.Verdict, _ domain: TrackingDomain) -> String {
        verdict.weight == .negative ? "; publish \"\(domain.host). CNAME \(target).\"" : ""
    }
}

extension Duration {
    /// `13 days`, `24 hours`, `40 seconds`: in the largest unit of which it has two.
    fileprivate var words: String {
        let seconds = max(components.seconds, 0)
        for (unit, length) in [("days", 86400), ("hours", 3600), ("minutes", 60)] as [(String, Int64)]
        where seconds >= 2 * length {
            return "\(seconds / length) \(unit)"
        }
        return seconds == 1 ? "1 second" : "\(seconds) seconds"
    }
}
