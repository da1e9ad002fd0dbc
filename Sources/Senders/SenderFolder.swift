import Configuration
import Glibc

/// The folder with one file per sender.
enum SenderFolder {
    /// The senders' files, sorted by name so that messages and ties are the same on every machine.
    ///
    /// Hidden files and whatever does not end in `.yaml` are not read: editors and package managers leave
    /// `acme.yaml~`, `.acme.yaml.swp` and `acme.yaml.dpkg-old` behind.
    ///
    /// - Returns: nil where the folder cannot be read.
    static func list(
        _ folder: Settings.ConfiguredPath, errors: ErrorList
    ) -> [(path: String, id: String)]? {
        guard let stream = opendir(folder.path) else {
            errors.report(
                folder.position,
                "expected a folder with senders' files, cannot open \(quoted(folder.path)): \(lastErrorText())"
            )
            return nil
        }
        defer { closedir(stream) }
        var files: [(path: String, id: String)] = []
        let start = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            if name.hasSuffix(".yaml") {
                files.append((start + name, String(name.dropLast(5))))
            } else if name.lowercased().hasSuffix(".yml") || name.lowercased().hasSuffix(".yaml") {
                // Silently ignored, it would cost somebody an afternoon.
                errors.report(
                    SourcePosition(file: start + name),
                    "this file is not read: expected a name that ends in .yaml")
            }
        }
        return files.sorted { $0.id < $1.id }
    }
}
