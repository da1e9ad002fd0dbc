import Configuration
import DomainNames

/// What DNS's answer means for a tracking domain.
struct Judge {
    /// Where tracking domains have to point.
    let target: DomainName
    /// Whether the target's addresses alone will do.
    let flattened: Settings.DomainCheck.Flattened

    /// The finding, from DNS alone; nil where the target's own answer is needed for it.
    func finding(of domain: DomainName, _ answer: HostAnswer, target targets: HostAnswer?) -> DomainFinding? {
        var finding = DomainFinding(.verified)
        finding.chain = answer.chain.map(\.name)
        finding.addresses = answer.addresses
        if let length = lengthToTarget(domain, answer) {
            finding.timeToLive =
                least(answer.chain.prefix(length), nil) ?? answer.timeToLive.map { .seconds($0) }
            finding.note = noteOnTarget(answer)
            return finding
        }
        finding.timeToLive = least(answer.chain[...], answer.timeToLive)
        switch answer.end {
        case .loop: finding.verdict = .loop
        case .bogus: finding.verdict = .bogus
        case .failed(let reason): finding.verdict = .unreachable(reason: reason)
        case .nothing: finding.verdict = answer.chain.isEmpty ? .missing : .noAddress
        case .addresses:
            guard let targets else { return nil }
            finding.verdict = verdict(answer, targets)
        }
        return finding
    }

    /// How many aliases lead to the target; nil where none does.
    private func lengthToTarget(_ domain: DomainName, _ answer: HostAnswer) -> Int? {
        if domain == target { return 0 }
        let name = DNSName(target)
        return answer.chain.firstIndex { $0.name == name }.map { $0 + 1 }
    }

    /// A domain that points to the target is in order even where the target is not: that is for the operator.
    private func noteOnTarget(_ answer: HostAnswer) -> String? {
        switch answer.end {
        case .addresses: nil
        case .nothing: "\(target) itself has no address now"
        case .loop: "the CNAME records of \(target) lead in a circle"
        case .bogus: "DNSSEC says that the answer for \(target) is forged or broken"
        case .failed(let reason): "\(target) itself cannot be looked up: \(reason)"
        }
    }

    private func verdict(_ answer: HostAnswer, _ targets: HostAnswer) -> DomainFinding.Verdict {
        let places =
            [answer.chain.last?.name.description].compactMap { $0 } + answer.addresses.map(\.description)
        let found =
            answer.chain.isEmpty
            ? places.joined(separator: ", ")
            : "\(places[0]) (\(places.dropFirst().joined(separator: ", ")))"
        switch targets.end {
        case .addresses:
            guard answer.addresses.allSatisfy(targets.addresses.contains) else {
                return .wrongTarget(found: found)
            }
            if flattened == .accept { return .flattened }
            return .wrongTarget(
                found: "the addresses of \(target) without a CNAME to it, which `flattened: refuse` rules out"
            )
        case _ where flattened == .refuse: return .wrongTarget(found: found)
        // Whether the domain has the target's addresses, nobody can say while it has none.
        case .nothing: return .unreachable(reason: "\(target) itself has no address to compare with")
        case .loop: return .unreachable(reason: "the CNAME records of \(target) lead in a circle")
        case .bogus: return .unreachable(reason: "DNSSEC says that the answer for \(target) is forged")
        case .failed(let reason): return .unreachable(reason: "\(target) itself: \(reason)")
        }
    }

    private func least(_ chain: ArraySlice<HostAnswer.Link>, _ time: Int?) -> Duration? {
        (chain.map(\.timeToLive) + (time.map { [$0] } ?? [])).min().map { .seconds($0) }
    }
}
