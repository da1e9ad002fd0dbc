import Configuration
import Metrics
import PluginHost
import Senders
import TrackingDomains

/// Keeps links from domains that are not verified, as `domain_check: { mode: … }` has it.
struct DomainGate: Sendable {
    let mode: Settings.DomainCheck.Mode
    /// nil where every domain counts as verified.
    let states: (any DomainStates)?

    /// The outcome for a message, given what is known of its sender's domains, and which of those are not verified.
    ///
    /// `require` bars those that are not verified, and leaves the message alone where no other is left; `warn` only
    /// names them; `off` asks nothing.
    func admit(_ outcome: Judgement.Outcome) -> (outcome: Judgement.Outcome, unverified: [TrackingDomain]) {
        guard let states, mode != .off, case .rewrite(let sender, let plugins) = outcome else {
            return (outcome, [])
        }
        let targets = plugins.targets
        let problems = states.problems(of: targets.map(DomainQuestion.init), sender: sender.id)
        if problems.isEmpty { return (outcome, []) }
        let barred = targets.filter { problems[DomainQuestion($0)] != nil }
        var unverified: [TrackingDomain] = []
        for target in barred {
            let domain = DomainQuestion(target).domain
            if !unverified.contains(domain) { unverified.append(domain) }
        }
        if mode == .warn { return (outcome, unverified) }
        if barred.count == targets.count {
            let reason = reason(barred.map(DomainQuestion.init), problems, sender)
            return (.leave(.init(kind: .domainNotVerified, text: reason)), unverified)
        }
        return (.rewrite(sender: sender, plugins: plugins.barring(Set(barred))), unverified)
    }

    /// `click.acme.example of sender acme is not verified: missing`, for each domain.
    private func reason(
        _ questions: [DomainQuestion], _ problems: [DomainQuestion: String], _ sender: Sender
    ) -> String {
        var sentences: [String] = []
        for question in questions {
            let problem = problems[question] ?? ""
            let sentence = "\(question.domain) of sender \(sender.id) is not verified: \(problem)"
            if !sentences.contains(sentence) { sentences.append(sentence) }
        }
        return sentences.joined(separator: "; ")
    }
}

extension DomainQuestion {
    /// What has to be known before links go to a target. Where the scheme stays the link's own, a certificate is the
    /// sender's own affair.
    public init(_ target: LinkTarget) {
        self.init(
            domain: TrackingDomain(host: target.domain, port: target.port),
            needsHTTPS: target.scheme == .https)
    }
}

extension Snapshot {
    /// Every domain that links may go to, those that a message may choose included, each with the id of a sender who
    /// has it.
    public var domainQuestions: [DomainQuestion: String] {
        var questions: [DomainQuestion: String] = [:]
        for sender in senders.senders {
            for target in plugins(of: sender)?.targets ?? [] {
                let question = DomainQuestion(target)
                let isSendersOwn = question.domain == sender.trackingDomain
                for domain in isSendersOwn ? sender.trackingDomains : [question.domain] {
                    let question = DomainQuestion(domain: domain, needsHTTPS: question.needsHTTPS)
                    if questions[question] == nil { questions[question] = sender.id }
                }
            }
        }
        return questions
    }
}
