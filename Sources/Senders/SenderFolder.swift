import Configuration
import Glibc

/// The folder with one file per sender.
struct SenderFolder {
    private let folder: Settings.ConfiguredPath

    init(_ folder: Settings.ConfiguredPath) { self.folder = folder }

    /// The senders' ids, sorted so that messages and ties are the same on every machine.
    ///
    /// Hidden files and whatever does not end in `.yaml` are not read: editors and package managers leave
    /// `acme.yaml~`, `.acme.yaml.swp` and `acme.yaml.dpkg-old` behind.
    ///
    /// - Returns: nil where the folder cannot be read.
    func list(errors: ErrorList) -> [String]? {
        guard let stream = opendir(folder.path) else {
            reportUnreadable("cannot open", errors)
            return nil
        }
        defer { closedir(stream) }
        var ids: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            if name.hasSuffix(".yaml") {
                ids.append(String(name.dropLast(5)))
            } else if name.lowercased().hasSuffix(".yml") || name.lowercased().hasSuffix(".yaml") {
                // Silently ignored, it would cost somebody an afternoon.
                errors.report(
                    SourcePosition(file: path(ofFile: name)),
                    "this file is not read: expected a name that ends in .yaml")
            }
            errno = 0
        }
        // A part of the senders is not all of them: those that are missing here would count as removed.
        guard errno == 0 else {
            reportUnreadable("cannot read", errors)
            return nil
        }
        return ids.sorted()
    }

    /// The file of a sender. Made when it is needed: 100,000 of them are some memory.
    func path(of id: String) -> String { path(ofFile: id + ".yaml") }

    private func path(ofFile name: String) -> String {
        folder.path.hasSuffix("/") ? folder.path + name : folder.path + "/" + name
    }

    private func reportUnreadable(_ what: String, _ errors: ErrorList) {
        errors.report(
            folder.position,
            "expected a folder with senders' files, \(what) \(quoted(folder.path)): \(lastErrorText())")
    }
}
