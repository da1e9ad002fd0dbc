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

    /// The sender called `id`, nil where there is none or its file is broken.
    public subscript(id: String) -> Sender? {
        files.first { $0.id == id }?.sender
    }
}
