extension DomainFinding.Verdict: CustomStringConvertible {
    /// `missing`, `wrong target (found www.acme.example)`: a few words for the log.
    public var description: String {
        switch self {
        case .verified: "verified"
        case .flattened: "verified (flattened)"
        case .missing: "missing"
        case .wrongTarget(let found): "wrong target (found \(found))"
        case .loop: "loop"
        case .noAddress: "no address"
        case .bogus: "bogus (DNSSEC)"
        case .unreachable(let reason): "unreachable (\(reason))"
        case .noHTTPS(let reason): "no HTTPS (\(reason))"
        }
    }
}
