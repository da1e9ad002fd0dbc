import Configuration

/// Whose message it is.
public enum Identification: Sendable {
    /// This sender's.
    case sender(Sender)
    /// Nobody's that we know; the reason is made for the log.
    case nobody(reason: String)

    /// The sender, if there is one.
    public var sender: Sender? {
        if case .sender(let sender) = self { sender } else { nil }
    }
}

extension SenderDirectory {
    /// Whether the From field may be needed to tell whose a message is.
    public var needsHeaderFrom: Bool { sources.contains(.headerFrom) }

    /// The sender of a message whose header is not known yet.
    ///
    /// - Returns: nil where the header may still decide (ask ``identify(sender:login:client:headerFrom:)`` then),
    ///   the final word otherwise.
    public func identifyBeforeHeader(sender: String, login: String?, client: Client) -> Identification? {
        let early = sources.prefix { $0 != .headerFrom }
        var attempt = Attempt(self, sender: sender, login: login, client: client)
        if let found = attempt.first(of: early, headerFrom: []) { return .sender(found) }
        return early.count == sources.count || attempt.isBlind ? attempt.nobody : nil
    }

    /// Whose a message is, by the sources of `identify_sender_by` in their order.
    ///
    /// - Parameters:
    ///   - sender: MAIL FROM as given, angle brackets or not.
    ///   - login: the SASL login; nil and empty are none.
    ///   - client: the machine that hands the message in.
    ///   - headerFrom: the values of all From fields, raw.
    public func identify(
        sender: String, login: String?, client: Client, headerFrom: [[UInt8]]
    ) -> Identification {
        var attempt = Attempt(self, sender: sender, login: login, client: client)
        if let found = attempt.first(of: sources[...], headerFrom: headerFrom) { return .sender(found) }
        return attempt.nobody
    }

    /// What each source found, up to the first that found a sender, for those who look for a fault:
    /// `login finds nobody; envelope_from finds acme`. The arguments are those of
    /// ``identify(sender:login:client:headerFrom:)``.
    public func explain(sender: String, login: String?, client: Client, headerFrom: [[UInt8]]) -> String {
        var attempt = Attempt(self, sender: sender, login: login, client: client)
        return attempt.explanation(of: sources, headerFrom: headerFrom)
    }
}

/// One message's way through the sources, and what it met there.
private struct Attempt {
    let directory: SenderDirectory
    let sender: String
    let login: String?
    let client: Client
    private let foldedLogin: String?
    /// What an operator will want to know if nobody is found.
    private var notes: [String] = []
    /// Whether some source could not be asked. What the next ones say might then be somebody else's name.
    private(set) var isBlind = false

    init(_ directory: SenderDirectory, sender: String, login: String?, client: Client) {
        self.directory = directory
        self.sender = sender
        self.login = login.flatMap { $0.isEmpty ? nil : $0 }
        self.client = client
        foldedLogin = self.login.map(caseFolded)
    }

    mutating func first(
        of sources: ArraySlice<Settings.SenderSource>, headerFrom: [[UInt8]]
    ) -> Sender? {
        for source in sources {
            let found = find(by: source, headerFrom: headerFrom)
            if found != nil || isBlind { return found }
        }
        return nil
    }

    mutating func explanation(of sources: [Settings.SenderSource], headerFrom: [[UInt8]]) -> String {
        var findings: [String] = []
        for source in sources {
            notes = []
            let found = find(by: source, headerFrom: headerFrom)
            let why = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
            findings.append("\(source.rawValue) finds \(found?.id ?? "nobody")\(why)")
            if found != nil || isBlind { break }
        }
        return findings.joined(separator: "; ")
    }

    private mutating func find(by source: Settings.SenderSource, headerFrom: [[UInt8]]) -> Sender? {
        switch source {
        case .login: byLogin()
        case .envelopeFrom: byEnvelope()
        case .headerFrom: byHeader(headerFrom)
        }
    }

    private mutating func byLogin() -> Sender? {
        guard let foldedLogin, let owner = directory.lookup.owner(ofLogin: foldedLogin) else { return nil }
        // Several senders behind one login are in order: the next sources choose between them.
        if case .contested = owner { return nil }
        return sender(owner).flatMap { accepted($0) }
    }

    private mutating func byEnvelope() -> Sender? {
        guard case .address(let address) = EnvelopeSender(sender) else { return nil }
        return directory.lookup.owner(of: address).flatMap { sender($0) }.flatMap { accepted($0) }
    }

    private mutating func byHeader(_ fields: [[UInt8]]) -> Sender? {
        guard !fields.isEmpty else { return nil }
        guard fields.count == 1, let addresses = FromField.addresses(fields[0]) else {
            note(fields.count == 1 ? "the From field is malformed" : "several From fields")
            return nil
        }
        var only: Sender?
        for address in addresses {
            guard let address, let owner = directory.lookup.owner(of: address), let one = sender(owner) else {
                return nil
            }
            guard only == nil || only?.id == one.id else {
                note("the From field names several senders")
                return nil
            }
            only = one
        }
        return only.flatMap { accepted($0) }
    }

    private mutating func sender(_ owner: SenderOwner) -> Sender? {
        switch owner {
        case .sender(let sender): return sender
        case .broken(let id): note("the file of \(id) has errors")
        case .contested: note("several senders claim the address")
        case .unavailable(let reason):
            note(reason)
            isBlind = true
        }
        return nil
    }

    /// The sender, if its guard lets the message pass.
    private mutating func accepted(_ sender: Sender) -> Sender? {
        guard sender.accepts(foldedLogin: foldedLogin, client: client) else {
            note("\(sender.id) does not accept this " + (login == nil ? "client" : "login"))
            return nil
        }
        return sender
    }

    private mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// `no sender for <x@y.example> (login none, client 127.0.0.1)`, and what stood in the way.
    var nobody: Identification {
        var address = sender
        if address.hasPrefix("<"), address.hasSuffix(">") { address = String(address.dropFirst().dropLast()) }
        var reason =
            "no sender for <\(printable(address))> (login \(printable(login ?? "none")), client \(client))"
        if !notes.isEmpty { reason += ": " + notes.joined(separator: ", ") }
        return .nobody(reason: reason)
    }
}
