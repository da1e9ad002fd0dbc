import Configuration

/// All senders at one moment. Immutable: a reload makes a new one, and whoever holds this one keeps it.
public struct SenderDirectory: Sendable {
    let files: SenderFiles
    /// The folder, nil for senders that come from elsewhere.
    let folder: String?
    /// Where ``identify(sender:login:client:headerFrom:)`` looks.
    let lookup: any SenderLookup
    let sources: [Settings.SenderSource]

    /// The senders whose files are in order, by id.
    public var senders: [Sender] { files.list.compactMap(\.sender) }

    /// How many those are.
    public var count: Int { files.count }

    /// Reads the folder that `settings` name.
    ///
    /// A broken file disables its sender alone; a folder that cannot be read leaves nobody, and so do settings that
    /// name none. Errors come sorted.
    public static func load(
        _ settings: Settings
    ) -> (directory: SenderDirectory, errors: [ConfigurationError]) {
        guard let folder = settings.senders.folder else {
            return (SenderDirectory([], identifySenderBy: settings.identifySenderBy), [])
        }
        let reading = SenderReading(settings, folder: folder, after: nil) { _ in [] }
        return (reading.directory, reading.errors)
    }

    /// A directory of senders that come from elsewhere than a folder. Keys that two of them claim are nobody's.
    public init(_ senders: [Sender], identifySenderBy sources: [Settings.SenderSource]) {
        let files =
            senders
            .map { SenderFile($0) }
            .sorted { $0.id < $1.id }
        self.init(files: SenderFiles(files, errors: ErrorList()), folder: nil, sources: sources)
    }

    /// A directory that knows nobody by itself, but asks.
    public init(asking lookup: any SenderLookup, identifySenderBy sources: [Settings.SenderSource]) {
        (files, folder) = (SenderFiles([], errors: ErrorList()), nil)
        (self.lookup, self.sources) = (lookup, sources)
    }

    init(files: SenderFiles, folder: String?, sources: [Settings.SenderSource]) {
        (self.files, self.folder, lookup, self.sources) = (files, folder, files, sources)
    }

    /// Whose an address is, whatever its guard would say to a message; nil where it is nobody's.
    ///
    /// - Parameter text: the address as an envelope sender would be written.
    public func owner(ofAddress text: String) -> SenderOwner? {
        guard case .address(let address) = EnvelopeSender(text) else { return nil }
        return lookup.owner(of: address)
    }

    /// The sender called `id`, nil where there is none or its file is broken.
    public subscript(id: String) -> Sender? { files[id]?.sender }
}
