import Glibc

/// A folder of plugins: `<name>.so` or `lib<name>.so`.
public struct PluginDirectory: Sendable {
    /// The folder's path.
    public let path: String

    /// The folder at `path`, or the built-in plugins' own folder where the configuration names none.
    public init(_ path: String?) {
        self.path = path.map { $0.isEmpty ? "." : $0 } ?? PluginDirectory.builtIn
    }

    /// `<executable's folder>/../lib/signpost/plugins` as installed, or, where there is no such folder,
    /// the executable's own, which is where a SwiftPM build leaves the libraries.
    private static var builtIn: String {
        guard let executable = realpath("/proc/self/exe", nil) else { return "." }
        defer { free(executable) }
        let folder = String(cString: executable).split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let installed = folder + "/../lib/signpost/plugins"
        return FileFacts(installed)?.isDirectory == true ? installed : (folder.isEmpty ? "/" : folder)
    }

    /// The paths at which a plugin of this name may be, in the order in which they are tried.
    func candidates(for name: String) -> [String] {
        let folder = path.hasSuffix("/") ? path : path + "/"
        return [folder + name + ".so", folder + "lib" + name + ".so"]
    }

    /// The names of the libraries in the folder, sorted. Not each of them has to be a plugin.
    public func names() -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: Set<String> = []
        while let entry = readdir(stream) {
            let file = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard file.hasSuffix(".so") else { continue }
            let stem = String(file.dropLast(3))
            names.insert(stem.hasPrefix("lib") ? String(stem.dropFirst(3)) : stem)
        }
        return names.filter(PluginDirectory.isName).sorted()
    }

    /// Whether a name may be a plugin's: it becomes part of a path, so no `/` and no leading dot.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
            return false
        }
        return name.utf8.count <= 64
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// What `stat` says of a path; nil where it cannot say anything.
struct FileFacts {
    var isDirectory: Bool
    var isRegularFile: Bool
    var isWritableByAnyone: Bool

    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        isDirectory = facts.st_mode & S_IFMT == S_IFDIR
        isRegularFile = facts.st_mode & S_IFMT == S_IFREG
        isWritableByAnyone = facts.st_mode & S_IWOTH != 0
    }
}
