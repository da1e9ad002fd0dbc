extension DomainFinding.Verdict {
    /// The verdict in the log: its name, which can be searched for, and what was found.
    var inTheLog: String {
        switch self {
        case .verified: "verified"
        case .flattened: "flattened"
        case .missing: "missing"
        case .wrongTarget(let found): "wrong target (found \(found))"
        case .loop: "loop"
        case .noAddress: "no address"
        case .bogus: "bogus"
        case .unreachable(let reason): "unreachable (\(reason))"
        case .noHTTPS(let reason): "no HTTPS (\(reason))"
        }
    }
}
