import Configuration

/// All senders at one moment. Immutable: a reload makes a new one, and whoever holds this one keeps it.
public struct SenderDirectory: Sendable {
    let files: [SenderFile]
    let index: SenderIndex
    let sources: [Settings.SenderSource]

    /// The senders whose files are in order, by id.
    public var senders: [Sender] { files.compactMap(\.sender) }

    /// Reads the folder that `settings` name.
    ///
    /// A broken file disables its sender alone; a folder that cannot be read leaves nobody. Errors come sorted.
    public static func load(
        _ settings: Settings
    ) -> (directory: SenderDirectory, errors: [ConfigurationError]) {
        let errors = ErrorList()
        let reader = SenderFileReader(settings)
        let files = SenderFolder.list(settings.senders, errors: errors).map { file in
            reader.read(path: file.path, id: file.id, errors: errors)
        }
        let index = SenderIndex(files, errors: errors)
        let directory = SenderDirectory(files: files, index: index, sources: settings.identifySenderBy)
        return (directory, errors.sorted)
    }

    /// A directory of senders that come from elsewhere than a folder. Keys that two of them claim are nobody's.
    public init(_ senders: [Sender], identifySenderBy sources: [Settings.SenderSource]) {
        let files =
            senders
            .map { SenderFile(id: $0.id, addresses: $0.addresses, logins: $0.logins, sender: $0) }
            .sorted { SenderDirectory.precedes($0.id, $1.id) }
        self.init(files: files, index: SenderIndex(files, errors: ErrorList()), sources: sources)
    }

    init(files: [SenderFile], index: SenderIndex, sources: [Settings.SenderSource]) {
        (self.files, self.index, self.sources) = (files, index, sources)
    }

    /// The sender called `id`, nil where there is none or its file is broken.
    public subscript(id: String) -> Sender? {
        var (low, high) = (0, files.count)
        while low < high {
            let middle = (low + high) / 2
            if SenderDirectory.precedes(files[middle].id, id) { low = middle + 1 } else { high = middle }
        }
        return low < files.count && files[low].id == id ? files[low].sender : nil
    }

    /// The order of files: by the bytes of their names, the same on every machine.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
