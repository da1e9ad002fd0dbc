import Configuration

/// Who claims what, for look-ups in constant time however many senders there are.
struct SenderIndex: Sendable {
    /// Whom a key leads to: a file's number, or several.
    enum Owner: Equatable {
        case file(Int)
        /// Several senders claim the key. Nobody is guessed.
        case contested
    }

    private let files: [SenderFile]
    /// Where each claim is written.
    private var places: KeyTable

    /// Indexes the files, which come in their names' order.
    ///
    /// Two files claiming the same address is an error, reported with both places; the same login is none, it merely
    /// decides for nobody. An address that had an owner before a reload stays with it as long as its file goes on
    /// claiming it: a slip in somebody else's file must not take a sender down that works. Who has an address without
    /// such a past, at a start, cannot be told; then it is nobody's.
    ///
    /// - Parameter formerOwner: the id of the file that had an address before the reload.
    init(_ files: [SenderFile], errors: ErrorList, formerOwner: (AddressPattern) -> String?) {
        self.files = files
        places = KeyTable(capacity: files.reduce(0) { $0 + $1.addresses.count + $1.logins.count })
        var conflicts: [AddressPattern: [Int32]] = [:]
        for (number, file) in files.enumerated() {
            let number = Int32(number)
            for (item, claim) in file.addresses.enumerated() {
                guard let slot = slot(of: claim.value) else {
                    places.insert(KeyTable.Place(file: number, item: Int32(item)), claim.value.hash)
                    continue
                }
                let first = places[slot].file
                if first != number, conflicts[claim.value, default: [first]].last != number {
                    conflicts[claim.value, default: [first]].append(number)
                }
            }
            for (item, login) in file.logins.enumerated() {
                if let slot = slot(ofLogin: login.value) {
                    let first = places[slot].file
                    if first >= 0, first != number { places[slot].file = ~first }
                } else {
                    places.insert(
                        KeyTable.Place(file: number, item: ~Int32(item)), loginHash(login.value))
                }
            }
        }
        for (key, claimants) in conflicts {
            let former = formerOwner(key)
            let owner = claimants.first { files[Int($0)].id == former }
            if let slot = slot(of: key) {
                let item = files[Int(owner ?? claimants[0])].addresses.firstIndex { $0.value == key } ?? 0
                places[slot] = KeyTable.Place(file: owner ?? ~claimants[0], item: Int32(item))
            }
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
    func owner(ofLogin login: String) -> Owner? { slot(ofLogin: login).map(owner) }

    /// The owner of an address by its most specific claim: the address, its domain, the nearest parent.
    func owner(of address: MailAddress) -> Owner? {
        if let slot = slot(of: .address(address.key)) { return owner(slot) }
        var domain = address.domain
        return domain.withUTF8 { domain in
            if let slot = slot(of: domain, isParent: false) { return owner(slot) }
            var rest = domain[...]
            while let dot = rest.firstIndex(of: UInt8(ascii: ".")) {
                rest = rest[(dot + 1)...]
                if let slot = slot(of: UnsafeBufferPointer(rebasing: rest), isParent: true) {
                    return owner(slot)
                }
            }
            return nil
        }
    }

    /// The owner of exactly this claim.
    func owner(of claim: AddressPattern) -> Owner? { slot(of: claim).map(owner) }

    private func owner(_ slot: Int) -> Owner {
        let file = places[slot].file
        return file < 0 ? .contested : .file(Int(file))
    }

    // MARK: Slots of the table

    private func slot(of pattern: AddressPattern) -> Int? {
        places.find(pattern.hash) { claim(at: $0) == pattern }
    }

    /// The slot of `@domain` or `@*.domain`, without a string for it.
    private func slot(of domain: UnsafeBufferPointer<UInt8>, isParent: Bool) -> Int? {
        places.find(domainHash(domain, isParent: isParent)) { place in
            switch claim(at: place) {
            case .domain(let own): !isParent && own.utf8.elementsEqual(domain)
            case .below(let own): isParent && own.utf8.elementsEqual(domain)
            case .address, nil: false
            }
        }
    }

    private func slot(ofLogin login: String) -> Int? {
        places.find(loginHash(login)) { place in
            place.item < 0 && file(place).logins[Int(~place.item)].value == login
        }
    }

    /// The address that is written there; nil where that is a login.
    private func claim(at place: KeyTable.Place) -> AddressPattern? {
        place.item < 0 ? nil : file(place).addresses[Int(place.item)].value
    }

    private func file(_ place: KeyTable.Place) -> SenderFile {
        files[Int(place.file < 0 ? ~place.file : place.file)]
    }
}

// Keyed, as all of Swift's hashes are: who may choose a domain cannot choose its place.

extension AddressPattern {
    fileprivate var hash: Int {
        switch self {
        // By its characters: local parts that are canonically equivalent are the same.
        case .address(let address): address.hashValue
        case .domain(var domain): domain.withUTF8 { domainHash($0, isParent: false) }
        case .below(var domain): domain.withUTF8 { domainHash($0, isParent: true) }
        }
    }
}

/// The hash of a domain, which is ASCII and lower case.
private func domainHash(_ domain: UnsafeBufferPointer<UInt8>, isParent: Bool) -> Int {
    var hasher = Hasher()
    hasher.combine(isParent)
    hasher.combine(bytes: UnsafeRawBufferPointer(domain))
    return hasher.finalize()
}

private func loginHash(_ login: String) -> Int {
    var hasher = Hasher()
    hasher.combine(login)
    hasher.combine(UInt8(0))
    return hasher.finalize()
}

extension SenderFile {
    /// Where the file claims `key`, which it does.
    fileprivate func position(of key: AddressPattern) -> SourcePosition {
        addresses.first { $0.value == key }?.position ?? SourcePosition(file: id)
    }
}
