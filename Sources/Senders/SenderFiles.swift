import Configuration

/// The senders of a folder: the embedded default of the directory.
final class SenderFiles: SenderLookup {
    /// In their names' order.
    let list: [SenderFile]
    /// How many of them have a sender.
    let count: Int
    /// The senders of the list, beside it: a look-up that finds one has fewer places in memory to go to.
    private let senders: [Sender?]
    private let index: SenderIndex

    /// Indexes the files, which come in their names' order and take the place of `previous`.
    init(_ list: [SenderFile], after previous: SenderFiles? = nil, errors: ErrorList) {
        self.list = list
        senders = list.map(\.sender)
        count = senders.count { $0 != nil }
        index = SenderIndex(list, errors: errors) { previous?.owner(of: $0) }
    }

    func owner(ofLogin login: String) -> SenderOwner? { index.owner(ofLogin: login).map(owner) }

    func owner(of address: MailAddress) -> SenderOwner? { index.owner(of: address).map(owner) }

    /// The file called `id`.
    subscript(id: String) -> SenderFile? {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < list.count && list[low].id == id ? list[low] : nil
    }

    /// The id of the one file that claims an entry.
    private func owner(of claim: AddressPattern) -> String? {
        guard case .file(let number)? = index.owner(of: claim) else { return nil }
        return list[number].id
    }

    private func owner(_ owner: SenderIndex.Owner) -> SenderOwner {
        switch owner {
        case .contested: return .contested
        case .file(let number): return senders[number].map { .sender($0) } ?? .broken(id: list[number].id)
        }
    }
}
