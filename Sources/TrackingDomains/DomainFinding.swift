import Configuration

/// What was found out about a tracking domain.
public struct DomainFinding: Sendable, Equatable {
    /// The short of it.
    public var verdict: Verdict
    /// The names that the domain leads to by CNAME, in their order, without itself.
    public var chain: [DNSName] = []
    /// The addresses at the end of the chain.
    public var addresses: [IPAddress] = []
    /// How long DNS lets this answer be kept: the least of its times to live.
    public var timeToLive: Duration?
    /// What the TLS handshake showed; nil where none was asked for.
    public var certificate: Certificate?

    /// What else the operator should know, e.g. that the target itself has no address; nil where there is nothing.
    public var note: String?

    /// A finding without details.
    public init(_ verdict: Verdict) { self.verdict = verdict }

    /// What is the case with a domain.
    public enum Verdict: Sendable, Equatable {
        /// Its CNAME chain passes through the target.
        case verified
        /// It has the target's addresses, without a CNAME to it (CNAME flattening, ALIAS).
        case flattened
        /// There is no such name, or it has neither CNAME nor address.
        case missing
        /// It leads elsewhere; what was found there.
        case wrongTarget(found: String)
        /// Its CNAME records lead in a circle, or through too many names.
        case loop
        /// Its chain ends where there is no address.
        case noAddress
        /// DNSSEC says that the answer is forged or broken.
        case bogus
        /// No statement about the domain: time-out, SERVFAIL, REFUSED; the reason.
        case unreachable(reason: String)
        /// DNS is in order, but an HTTPS request would fail; the reason.
        case noHTTPS(reason: String)
    }

    /// What a server presents.
    public struct Certificate: Sendable, Equatable {
        /// The last moment at which it is valid, in seconds since 1970.
        public var notAfter: Int
        /// Why a client would refuse it; nil where it would not.
        public var problem: String?

        /// A certificate.
        public init(notAfter: Int, problem: String? = nil) {
            self.notAfter = notAfter
            self.problem = problem
        }
    }
}

extension Duration {
    /// How long before its end a certificate is warned of.
    public static let warningPeriod = Duration.seconds(14 * 86400)
}
