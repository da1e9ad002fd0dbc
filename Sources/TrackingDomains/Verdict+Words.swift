extension DomainFinding.Verdict: CustomStringConvertible {
    /// Whether links may move there.
    public var isInOrder: Bool { self == .verified || self == .flattened }

    /// The verdict's name, for machines.
    public var name: String {
        switch self {
        case .verified: "verified"
        case .flattened: "flattened"
        case .missing: "missing"
        case .wrongTarget: "wrong_target"
        case .loop: "loop"
        case .noAddress: "no_address"
        case .bogus: "bogus"
        case .unreachable: "unreachable"
        case .noHTTPS: "no_https"
        }
    }

    /// The verdict in a few words, for a log line.
    public var description: String {
        switch self {
        case .verified: "verified"
        case .flattened: "verified by its addresses"
        case .missing: "DNS has neither a CNAME nor an address for it"
        case .wrongTarget(let found): "leads to \(found)"
        case .loop: "its CNAME records lead in a circle"
        case .noAddress: "its CNAME leads to a name without an address"
        case .bogus: "DNSSEC says that the answer is forged or broken"
        case .unreachable(let reason): "could not be looked up: \(reason)"
        case .noHTTPS(let reason): "HTTPS does not work: \(reason)"
        }
    }
}
