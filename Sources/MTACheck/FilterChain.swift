/// The milters that an MTA asks about mail that comes in one way, in their order.
struct FilterChain {
    /// One of them.
    struct Filter: Hashable {
        /// As written, to be written again in another place of the list.
        var text: String
        /// How to call it.
        var label: String
        /// Where it listens; nil where that is not understood.
        var address: MilterAddress?
        /// Whether it is Signpost.
        var isOurs: Bool
    }

    /// For which mail, such as `mail by SMTP (smtpd_milters)`.
    var mail: String
    /// Where the list is written.
    var place: String
    /// The list.
    var filters: [Filter]
    /// What stands before the list, between its elements, and behind it, where it is written.
    var syntax: (start: String, separator: String, end: String)

    var hasOurs: Bool { filters.contains(where: \.isOurs) }

    /// Whether somebody in the list may sign.
    var maySign: Bool {
        filters.contains { !$0.isOurs && Neighbour(label: $0.label, address: $0.address)?.signs != false }
    }

    /// The order: we come before every signer, and nothing changes the body behind one.
    func orderFindings() -> [Finding] {
        guard let ours = filters.firstIndex(where: \.isOurs) else { return [] }
        var findings: [Finding] = []
        for filter in filters[..<ours] {
            let neighbour = Neighbour(label: filter.label, address: filter.address)
            let what = neighbour.map { "\($0.name) at \(filter.label)" } ?? filter.label
            switch neighbour.map(\.signs) {
            case true:
                findings.append(
                    Finding(
                        .error, place,
                        "\(mail): Signpost comes after the signer (\(what)), and either breaks its signatures or, "
                            + "with signed_mail: skip, leaves all links; put it first",
                        remedy: oursFirst))
            case .some(.none):
                findings.append(
                    Finding(
                        .warning, place,
                        "\(mail): Signpost comes after \(what), which can sign; if it does, put Signpost first",
                        remedy: oursFirst))
            case .none:
                findings.append(
                    Finding(
                        .warning, place,
                        "\(mail): Signpost comes after \(what), of which we can't tell whether it signs; if it does, "
                            + "put Signpost first",
                        remedy: oursFirst))
            case false:
                break
            }
        }
        return findings + changesBehindSigner()
    }

    private func changesBehindSigner() -> [Finding] {
        let signer = filters.firstIndex {
            !$0.isOurs && Neighbour(label: $0.label, address: $0.address)?.signs == true
        }
        guard let signer else { return [] }
        return filters[(signer + 1)...].compactMap { filter in
            guard !filter.isOurs else { return nil }
            let neighbour = Neighbour(label: filter.label, address: filter.address)
            guard neighbour?.changesBodies != false else { return nil }
            let what = neighbour.map { "\($0.name) at \(filter.label), which may change" }
            return Finding(
                .warning, place,
                "\(mail): behind the signer comes \(what ?? "\(filter.label), of which we can't tell whether it changes") "
                    + "the body; a change breaks the signature")
        }
    }

    /// The list with Signpost at its head.
    private var oursFirst: String {
        let sorted = filters.filter(\.isOurs) + filters.filter { !$0.isOurs }
        return syntax.start + sorted.map(\.text).joined(separator: syntax.separator) + syntax.end
    }
}
