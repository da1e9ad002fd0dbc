import Configuration

/// Who claims what, for look-ups in constant time however many senders there are.
struct SenderIndex: Sendable {
    /// Whom a key leads to: a file's number, or several.
    enum Owner: Hashable, Sendable {
        case file(Int32)
        /// Several senders claim the key. Nobody is guessed.
        case contested
    }

    private var addresses: [String: Owner] = [:]
    private var domains: [String: Owner] = [:]
    private var parents: [String: Owner] = [:]
    private var logins: [String: Owner] = [:]

    /// Indexes the files, which come in their names' order. Two files claiming the same address is an error at
    /// the later one; the same login is none, it merely decides for nobody.
    init(_ files: [SenderFile], errors: ErrorList) {
        var claimedBy: [AddressPattern: (file: Int32, position: SourcePosition)] = [:]
        claimedBy.reserveCapacity(files.count)
        for (number, file) in files.enumerated() {
            let owner = Owner.file(Int32(number))
            for claim in file.addresses {
                if let first = claimedBy[claim.value] {
                    if first.file == Int32(number) { continue }
                    errors.report(
                        claim.position,
                        "\(quoted(claim.value.description)) is claimed by another sender too, at \(first.position); "
                            + "until one of them gives it up it is nobody's")
                    self[claim.value] = .contested
                } else {
                    claimedBy[claim.value] = (Int32(number), claim.position)
                    self[claim.value] = owner
                }
            }
            for login in file.logins {
                logins[login.value] = (logins[login.value] ?? owner) == owner ? owner : .contested
            }
        }
    }

    /// The owner of a login in the form in which logins compare.
    func owner(ofLogin login: String) -> Owner? { logins[login] }

    /// The owner of an address by its most specific claim: the address, its domain, the nearest parent.
    func owner(of address: MailAddress) -> Owner? {
        if !addresses.isEmpty, let owner = addresses[address.key] { return owner }
        if let owner = domains[address.domain] { return owner }
        guard !parents.isEmpty else { return nil }
        var rest = address.domain[...]
        while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[rest.utf8.index(after: dot)...]
            if let owner = parents[String(rest)] { return owner }
        }
        return nil
    }

    private subscript(pattern: AddressPattern) -> Owner? {
        get {
            switch pattern {
            case .address(let address): addresses[address]
            case .domain(let domain): domains[domain]
            case .below(let domain): parents[domain]
            }
        }
        set {
            switch pattern {
            case .address(let address): addresses[address] = newValue
            case .domain(let domain): domains[domain] = newValue
            case .below(let domain): parents[domain] = newValue
            }
        }
    }
}
