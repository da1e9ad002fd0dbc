import Configuration

/// Who claims what, for look-ups in constant time however many senders there are.
struct SenderIndex: Sendable {
    /// Whom a key leads to: a file's number, or several.
    enum Owner: Equatable {
        case file(Int)
        /// Several senders claim the key. Nobody is guessed.
        case contested
    }

    /// Files' numbers by key, in four bytes each. Nobody's where it is ``contested``.
    private typealias Numbers = [String: Int32]
    private static let contested: Int32 = -1

    private var addresses: Numbers = [:]
    private var domains: Numbers = [:]
    private var parents: Numbers = [:]
    private var logins: Numbers = [:]

    /// Indexes the files, which come in their names' order.
    ///
    /// Two files claiming the same address is an error, reported with both places; the same login is none, it merely
    /// decides for nobody. An address that had an owner before a reload stays with it as long as its file goes on
    /// claiming it: a slip in somebody else's file must not take a sender down that works. Who has an address without
    /// such a past, at a start, cannot be told; then it is nobody's.
    ///
    /// - Parameter formerOwner: the id of the file that had an address before the reload.
    init(_ files: [SenderFile], errors: ErrorList, formerOwner: (AddressPattern) -> String?) {
        var conflicts: [AddressPattern: [Int32]] = [:]
        for (number, file) in files.enumerated() {
            let number = Int32(number)
            for claim in file.addresses {
                if let first = self[claim.value] {
                    guard first != number else { continue }
                    if conflicts[claim.value, default: [first]].last != number {
                        conflicts[claim.value, default: [first]].append(number)
                    }
                } else {
                    self[claim.value] = number
                }
            }
            for login in file.logins {
                let isMine = (logins[login.value] ?? number) == number
                logins[login.value] = isMine ? number : SenderIndex.contested
            }
        }
        for (key, claimants) in conflicts {
            let former = formerOwner(key)
            let owner = claimants.first { files[Int($0)].id == former }
            self[key] = owner ?? SenderIndex.contested
            for claimant in claimants where claimant != owner ?? claimants.first {
                let other = files[Int(owner ?? claimants[0])].position(of: key)
                errors.report(
                    files[Int(claimant)].position(of: key),
                    "\(quoted(key.description)) is claimed by another sender too, at \(other); "
                        + (owner == nil
                            ? "until one of them gives it up it is nobody's"
                            : "that one had it first and keeps it until a restart, and then it is nobody's"))
            }
        }
    }

    /// The owner of a login in the form in which logins compare.
    func owner(ofLogin login: String) -> Owner? { logins[login].map(owner) }

    /// The owner of an address by its most specific claim: the address, its domain, the nearest parent.
    func owner(of address: MailAddress) -> Owner? {
        if !addresses.isEmpty, let number = addresses[address.key] { return owner(number) }
        if let number = domains[address.domain] { return owner(number) }
        guard !parents.isEmpty else { return nil }
        var rest = address.domain[...]
        while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[rest.utf8.index(after: dot)...]
            if let number = parents[String(rest)] { return owner(number) }
        }
        return nil
    }

    /// The owner of exactly this claim.
    func owner(of claim: AddressPattern) -> Owner? { self[claim].map(owner) }

    private func owner(_ number: Int32) -> Owner {
        number == SenderIndex.contested ? .contested : .file(Int(number))
    }

    private subscript(pattern: AddressPattern) -> Int32? {
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

extension SenderFile {
    /// Where the file claims `key`, which it does.
    fileprivate func position(of key: AddressPattern) -> SourcePosition {
        addresses.first { $0.value == key }?.position ?? SourcePosition(file: id)
    }
}
