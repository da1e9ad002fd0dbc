import Configuration

/// The senders' folder, read for the first time or again.
///
/// What did not change since the last time is not read again: the new directory shares it with the old one.
public struct SenderReading {
    /// The senders as they are now.
    public let directory: SenderDirectory
    /// Every mistake, sorted.
    public let errors: [ConfigurationError]
    /// How many senders are in order, last good ones included.
    public var count: Int { directory.count }
    /// How many files were read.
    public let filesRead: Int
    /// How many senders' files are gone.
    public let filesRemoved: Int
    /// The broken files whose senders go on as they were read the last time; the main file where the whole folder
    /// cannot be read.
    public let lastGood: Set<String>
    /// The broken files whose senders are left out.
    public let leftOut: Set<String>

    /// Reads a folder. A broken file has its sender's last good version stay in use until it
    /// is mended or removed; where there is none it disables that sender alone. A folder that cannot be read changes
    /// nothing.
    ///
    /// - Parameters:
    ///   - folder: the one that `settings` name.
    ///   - previous: what is in use now, nil at a start.
    ///   - check: what else has to be in order about a sender; asked about those that were read before as well.
    ///   - checkPlugins: the same about what a broken file says of plugins, so that all its mistakes come at once.
    public init(
        _ settings: Settings, folder: Settings.ConfiguredPath, after previous: SenderDirectory?,
        check: @escaping (Sender) -> [ConfigurationError],
        checkPlugins: @escaping ([String: Sender.PluginPolicy]) -> [ConfigurationError] = { _ in [] }
    ) {
        let errors = ErrorList()
        let previous = previous?.folder == folder.path ? previous : nil
        var pass = Pass(
            reader: SenderFileReader(settings), previous: previous?.files, check: check,
            checkPlugins: checkPlugins, errors: errors)
        let files: [SenderFile]
        let listing = SenderFolder(folder)
        if let ids = listing.list(errors: errors) {
            files = ids.map { pass.file(path: listing.path(of: $0), id: $0) }
        } else {
            files = previous?.files.list.compactMap { pass.kept($0) } ?? []
            if !files.isEmpty { pass.lastGood.insert(folder.position.file) }
        }
        directory = SenderDirectory(
            files: SenderFiles(files, after: previous?.files, errors: errors), folder: folder.path,
            sources: settings.identifySenderBy)
        filesRead = pass.read
        filesRemoved = (previous?.files.list.count ?? 0) - pass.known
        (lastGood, leftOut) = (pass.lastGood, pass.leftOut)
        self.errors = errors.sorted
    }
}

/// One walk over the files.
private struct Pass {
    let reader: SenderFileReader
    let previous: SenderFiles?
    let check: (Sender) -> [ConfigurationError]
    let checkPlugins: ([String: Sender.PluginPolicy]) -> [ConfigurationError]
    let errors: ErrorList
    var read = 0
    /// Files that were there before.
    var known = 0
    var lastGood: Set<String> = []
    var leftOut: Set<String> = []

    mutating func file(path: String, id: String) -> SenderFile {
        let before = previous?[id]
        if before != nil { known += 1 }
        let version = FileVersion(of: path)
        if let before, let version, before.version == version, holds(before.sender) { return before }
        read += 1
        let mistakes = ErrorList()
        var file = reader.read(path: path, id: id, errors: mistakes)
        if let read = file.sender {
            // Written anew, it often says the same (a deployment, rsync): there is one of it in memory then.
            let sender = before?.sender.flatMap { $0 == read ? $0 : nil } ?? read
            mistakes.report(check(sender))
            if mistakes.isEmpty { return SenderFile(sender, version: version) }
            file = SenderFile(id: id, addresses: file.addresses, logins: file.logins)
        } else {
            mistakes.report(checkPlugins(file.plugins))
        }
        errors.report(mistakes.sorted)
        if let sender = before?.sender, holds(sender) {
            lastGood.insert(path)
            // Without its version, so that the broken file is read, and complained about, each time.
            return SenderFile(sender)
        }
        leftOut.insert(path)
        return file
    }

    /// A file of a folder that cannot be read.
    mutating func kept(_ file: SenderFile) -> SenderFile? {
        known += 1
        return file.sender == nil || holds(file.sender) ? file : nil
    }

    /// Whether a sender that was read before is in order by the settings of today.
    private func holds(_ sender: Sender?) -> Bool {
        guard let sender else { return false }
        return reader.stillHolds(sender) && check(sender).isEmpty
    }
}
