import Configuration

/// The senders of a folder: the embedded default of the directory.
struct SenderFiles: SenderLookup {
    /// In their names' order.
    let list: [SenderFile]
    private let index: SenderIndex

    /// Indexes the files, which come in their names' order.
    init(_ list: [SenderFile], errors: ErrorList) {
        self.list = list
        index = SenderIndex(list, errors: errors)
    }

    func owner(ofLogin login: String) -> SenderOwner? { index.owner(ofLogin: login).map(owner) }

    func owner(of address: MailAddress) -> SenderOwner? { index.owner(of: address).map(owner) }

    /// The sender called `id`, nil where there is none or its file is broken.
    subscript(id: String) -> Sender? {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if SenderDirectory.precedes(list[middle].id, id) { low = middle + 1 } else { high = middle }
        }
        return low < list.count && list[low].id == id ? list[low].sender : nil
    }

    private func owner(_ owner: SenderIndex.Owner) -> SenderOwner {
        switch owner {
        case .contested: return .contested
        case .file(let number):
            let file = list[Int(number)]
            return file.sender.map { .sender($0) } ?? .broken(id: file.id)
        }
    }
}
