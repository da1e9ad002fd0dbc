import Configuration

/// Follows a host name to its addresses.
///
/// Resolvers follow a chain themselves, and one round of questions is all. Where an answer is short of the end (a server
/// that answers for its own zones alone, or a resolver that says SERVFAIL for a loop), we ask on for the name it got to.
final class HostLookup {
    /// No chain is longer; resolvers give up at 8 to 16 (BIND, Unbound).
    static let maximumChain = 16

    private let client: DNSClient
    private let finish: (HostAnswer) -> Void
    private var current: DNSName
    private var seen: Set<DNSName>
    private var answer = HostAnswer(end: .nothing)
    private var replies: [DNSQuery.RecordType: DNSClient.Answer] = [:]

    /// Begins; `finish` hears the answer.
    static func start(_ name: DNSName, client: DNSClient, finish: @escaping (HostAnswer) -> Void) {
        HostLookup(name, client: client, finish: finish).askForAddresses()
    }

    private init(_ name: DNSName, client: DNSClient, finish: @escaping (HostAnswer) -> Void) {
        (current, seen, self.client, self.finish) = (name, [name], client, finish)
    }

    private func askForAddresses() {
        replies = [:]
        for type in [DNSQuery.RecordType.a, .aaaa] {
            client.ask(DNSQuery(name: current, type: type)) { [self] reply in
                replies[type] = reply
                if replies.count == 2 { digest() }
            }
        }
    }

    private func digest() {
        let messages = [replies[.a], replies[.aaaa]].compactMap { try? $0?.get() }
        let asked = current
        for message in messages {
            guard follow(message) else { return end(.loop) }
        }
        let found = messages.flatMap(\.addresses).filter { $0.owner == current }
        if !found.isEmpty {
            for record in found where !answer.addresses.contains(record.address) {
                answer.addresses.append(record.address)
            }
            answer.addresses.sort { $0.isIPv4 && !$1.isIPv4 }
            answer.timeToLive = found.map(\.timeToLive).min()
            return end(.addresses)
        }
        if current != asked { return askForAddresses() }
        // A "no" counts where it is said of both kinds of addresses.
        if messages.count == 2 {
            answer.timeToLive = messages.compactMap(\.negativeTimeToLive).min()
            return end(.nothing)
        }
        let failures = [DNSQuery.RecordType.a, .aaaa].compactMap {
            type -> (DNSQuery.RecordType, DNSFailure)? in
            if case .failure(let failure)? = replies[type] { (type, failure) } else { nil }
        }
        guard let (type, failure) = failures.first(where: \.1.isServerFailure) else {
            return end(.failed(failures.first?.1.reason ?? "no answer"))
        }
        askWithoutValidation(type, failure)
    }

    /// Goes along the aliases from the current name.
    ///
    /// - Returns: false where they lead in a circle.
    private func follow(_ message: DNSMessage) -> Bool {
        while let alias = message.aliases[current] {
            answer.chain.append(HostAnswer.Link(name: alias.target, timeToLive: alias.timeToLive))
            guard seen.insert(alias.target).inserted, answer.chain.count <= HostLookup.maximumChain else {
                return false
            }
            current = alias.target
        }
        return true
    }

    /// A validating resolver says SERVFAIL where an answer is forged, and gives it all the same where nobody asks it to
    /// validate (RFC 4035 section 5.5). So does `dig +cd`.
    private func askWithoutValidation(_ type: DNSQuery.RecordType, _ failure: DNSFailure) {
        client.ask(DNSQuery(name: current, type: type, checkingDisabled: true)) { [self] reply in
            if case .success = reply { end(.bogus) } else { askForAlias(failure) }
        }
    }

    /// A resolver that cannot follow an alias to its end can name it.
    private func askForAlias(_ failure: DNSFailure) {
        client.ask(DNSQuery(name: current, type: .cname)) { [self] reply in
            let asked = current
            guard case .success(let message) = reply else { return end(.failed(failure.reason)) }
            guard follow(message) else { return end(.loop) }
            if current == asked { end(.failed(failure.reason)) } else { askForAddresses() }
        }
    }

    private func end(_ end: HostAnswer.End) {
        answer.end = end
        finish(answer)
    }
}
