import Configuration

/// All senders at one moment. Immutable: a reload makes a new one, and whoever holds this one keeps it.
public struct SenderDirectory: Sendable {
    private let files: SenderFiles
    /// Where ``identify(sender:login:client:headerFrom:)`` looks.
    let lookup: any SenderLookup
    let sources: [Settings.SenderSource]

    /// The senders whose files are in order, by id.
    public var senders: [Sender] { files.list.compactMap(\.sender) }

    /// Reads the folder that `settings` name.
    ///
    /// A broken file disables its sender alone; a folder that cannot be read leaves nobody. Errors come sorted.
    public static func load(
        _ settings: Settings
    ) -> (directory: SenderDirectory, errors: [ConfigurationError]) {
        let errors = ErrorList()
        let reader = SenderFileReader(settings)
        let folder = settings.senders.folder.map { SenderFolder.list($0, errors: errors) } ?? []
        let files = folder.map { file in
            reader.read(path: file.path, id: file.id, errors: errors)
        }
        let directory = SenderDirectory(
            files: SenderFiles(files, errors: errors), sources: settings.identifySenderBy)
        return (directory, errors.sorted)
    }

    /// A directory of senders that come from elsewhere than a folder. Keys that two of them claim are nobody's.
    public init(_ senders: [Sender], identifySenderBy sources: [Settings.SenderSource]) {
        let files =
            senders
            .map { SenderFile(id: $0.id, addresses: $0.addresses, logins: $0.logins, sender: $0) }
            .sorted { SenderDirectory.precedes($0.id, $1.id) }
        self.init(files: SenderFiles(files, errors: ErrorList()), sources: sources)
    }

    /// A directory that knows nobody by itself, but asks.
    public init(asking lookup: any SenderLookup, identifySenderBy sources: [Settings.SenderSource]) {
        (files, self.lookup, self.sources) = (SenderFiles([], errors: ErrorList()), lookup, sources)
    }

    private init(files: SenderFiles, sources: [Settings.SenderSource]) {
        (self.files, lookup, self.sources) = (files, files, sources)
    }

    /// The sender called `id`, nil where there is none or its file is broken.
    public subscript(id: String) -> Sender? { files[id] }

    /// The order of files: by the bytes of their names, the same on every machine.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
