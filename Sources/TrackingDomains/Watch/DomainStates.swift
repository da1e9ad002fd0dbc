import Configuration

/// What is known of a tracking domain, in a word.
public enum DomainStanding: String, Sendable, CaseIterable {
    /// Links move there.
    case verified
    /// Links move there, although its last lookup failed.
    case failing
    /// Links do not move there.
    case unverified
    /// It has not been looked up yet.
    case pending
}

/// What is known of tracking domains: tells where links may not move.
public protocol DomainStates: Sendable {
    /// Which of these domains are not verified, each with the reason in a few words for the log.
    ///
    /// Asked for every message, from many threads at once; never waits for DNS.
    ///
    /// - Parameter sender: the id of the sender whose domains they are.
    func problems(of questions: [DomainQuestion], sender: String) -> [DomainQuestion: String]
}
