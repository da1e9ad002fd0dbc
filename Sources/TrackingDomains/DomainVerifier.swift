import Configuration

/// What is asked about a tracking domain.
public struct DomainQuestion: Hashable, Sendable {
    /// The domain, with the port where the sender names one.
    public var domain: TrackingDomain
    /// Whether links move there as `https`, so that a certificate has to be in place.
    public var needsHTTPS: Bool

    /// A question.
    public init(domain: TrackingDomain, needsHTTPS: Bool) {
        self.domain = domain
        self.needsHTTPS = needsHTTPS
    }
}

/// Finds out whether tracking domains work: asks DNS, and TLS where it matters.
public protocol DomainVerifier: Sendable {
    /// Answers the questions, many at once, and returns when all are answered; that takes as long as the slowest.
    ///
    /// - Parameter found: told of each answer as it is known, on the calling thread.
    func verify(_ questions: [DomainQuestion], found: (DomainQuestion, DomainFinding) -> Void)
}
