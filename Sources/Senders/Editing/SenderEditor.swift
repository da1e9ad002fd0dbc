import Configuration
import Glibc

/// Reads and changes single senders' files, without the rest of the folder.
public struct SenderEditor {
    private let folder: Settings.ConfiguredPath
    private let reader: SenderFileReader

    /// An editor for a folder, the one that `settings` name.
    public init(_ settings: Settings, folder: Settings.ConfiguredPath) {
        self.folder = folder
        reader = SenderFileReader(settings)
    }

    /// What an id leads to.
    public enum Found {
        /// A sender.
        case sender(Sender)
        /// A file with mistakes.
        case broken([ConfigurationError])
        /// No file.
        case none
    }

    /// The file of the sender called `id`, whether or not it is there; nil where no sender can be called so.
    public func path(of id: String) -> String? {
        guard SenderFileReader.isID(id), !id.hasPrefix(".") else { return nil }
        return SenderFolder(folder).path(of: id)
    }

    /// The sender called `id`.
    public func sender(_ id: String) -> Found {
        guard let path = path(of: id), access(path, F_OK) == 0 || errno != ENOENT else { return .none }
        let errors = ErrorList()
        let file = reader.read(path: path, id: id, errors: errors)
        return file.sender.map { .sender($0) } ?? .broken(errors.sorted)
    }

    /// Enters a tracking domain into the file of the sender called `id`, and changes no other byte of it.
    ///
    /// - Parameter text: the domain as the file shall name it.
    /// - Returns: the sender as the file now has it.
    /// - Throws: the mistakes of the file as it would be; then nothing is written.
    public func setTrackingDomain(_ text: String, of id: String) throws(EditFailure) -> Sender {
        let (path, domain) = try read(id, text)
        let content: [UInt8]
        let edited: [UInt8]
        do throws(ValueError) {
            content = try FileBytes.read(path)
        } catch { throw EditFailure(path, error) }
        do throws(ConfigurationError) {
            edited = try YAMLEdit.setting("tracking_domain", to: text, in: content, file: path)
        } catch { throw EditFailure([error]) }
        let sender = try check(edited, path: path, id: id, has: domain)
        if edited == content { return sender }
        do throws(ValueError) {
            try AtomicFile.replace(path, with: edited)
        } catch { throw EditFailure(path, error) }
        return sender
    }

    /// Makes a file for a new sender.
    ///
    /// - Parameters:
    ///   - addresses: as its file names them, such as `@acme.example`.
    ///   - text: the tracking domain as the file shall name it.
    public func create(
        _ id: String, addresses: [String], trackingDomain text: String
    ) throws(EditFailure) -> Sender {
        let (path, domain) = try read(id, text)
        let list = addresses.map { address in
            "\"" + address.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        let content = Array("addresses: [\(list.joined(separator: ", "))]\ntracking_domain: \(text)\n".utf8)
        let sender = try check(content, path: path, id: id, has: domain)
        try refuseContested(content, path: path, id: id)
        do throws(ValueError) {
            try AtomicFile.create(path, with: content)
        } catch { throw EditFailure(path, error) }
        return sender
    }

    /// The domain is read before it is put between the lines of a file, where it could be anything.
    private func read(_ id: String, _ text: String) throws(EditFailure) -> (String, TrackingDomain) {
        guard let path = path(of: id) else {
            throw EditFailure(
                id,
                ValueError(
                    expected: "a sender's name of letters, digits, dots, hyphens and underscores", found: id))
        }
        do throws(ValueError) {
            return (path, try TrackingDomain(parsing: text))
        } catch { throw EditFailure(path, error) }
    }

    private func check(
        _ content: [UInt8], path: String, id: String, has domain: TrackingDomain
    ) throws(EditFailure) -> Sender {
        let errors = ErrorList()
        let file = reader.read(content, path: path, id: id, errors: errors)
        guard let sender = file.sender else { throw EditFailure(errors.sorted) }
        guard sender.trackingDomain == domain else {
            throw EditFailure([
                ConfigurationError(
                    sender.trackingDomainPosition,
                    "the tracking domain cannot be entered here without changing more; do it by hand")
            ])
        }
        return sender
    }

    /// An address that another sender has would become nobody's.
    private func refuseContested(_ content: [UInt8], path: String, id: String) throws(EditFailure) {
        let new = reader.read(content, path: path, id: id, errors: ErrorList())
        let folder = SenderFolder(folder)
        var files = (folder.list(errors: ErrorList()) ?? []).map {
            reader.read(path: folder.path(of: $0), id: $0, errors: ErrorList())
        }
        files.append(new)  // last, so that the complaint is about it
        let errors = ErrorList()
        _ = SenderIndex(files, errors: errors) { _ in nil }
        let ours = errors.sorted.filter { $0.position.file == path }
        if !ours.isEmpty { throw EditFailure(ours) }
    }
}

/// Why a sender's file was not written.
public struct EditFailure: Error {
    /// What is wrong, or would be.
    public var errors: [ConfigurationError]

    init(_ errors: [ConfigurationError]) { self.errors = errors }

    init(_ file: String, _ error: ValueError) {
        errors = [ConfigurationError(SourcePosition(file: file), error.message)]
    }
}
