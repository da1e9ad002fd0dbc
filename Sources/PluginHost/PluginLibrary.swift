import CSignpostPlugin
import Glibc

/// `claim` of the ABI.
typealias ClaimFunction =
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<signpost_link>?, UnsafePointer<signpost_sender>?,
        UnsafePointer<signpost_sink>?
    ) -> CInt

/// A plugin's shared library, opened and checked; it stays in the process until the end.
///
/// It is never closed: a Swift library cannot be unloaded, and the table must outlive every context.
public final class PluginLibrary: @unchecked Sendable {  // the table never changes, says the ABI
    /// What the plugin says of itself.
    public let description: PluginDescription
    /// The plugin's table.
    let table: UnsafePointer<signpost_plugin>
    /// The function that decides about a link.
    let claim: ClaimFunction

    private init(
        description: PluginDescription, table: UnsafePointer<signpost_plugin>, claim: ClaimFunction
    ) {
        self.description = description
        self.table = table
        self.claim = claim
    }

    /// Opens the plugin `name` of `directory` and checks its table.
    public static func open(
        _ name: String, in directory: PluginDirectory
    ) throws(PluginProblem) -> PluginLibrary {
        let path = try find(name, in: directory)
        // RTLD_NOW: what is missing is missed now, not with the first mail. RTLD_LOCAL: plugins built
        // with the same kit do not see each other's symbols.
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw PluginProblem(message: "plugin \"\(name)\" cannot be loaded: \(lastError())")
        }
        guard let symbol = dlsym(handle, "signpost_plugin_entry") else {
            throw PluginProblem(
                message: "\(path) is not a Signpost plugin: it exports no signpost_plugin_entry")
        }
        typealias Entry = @convention(c) () -> UnsafePointer<signpost_plugin>?
        guard let table = unsafeBitCast(symbol, to: Entry.self)() else {
            throw PluginProblem(
                message: "plugin \"\(name)\" gave no table: \(path) says that it cannot work here")
        }
        let description = try TableCheck(table: table, path: path).description(expecting: name)
        guard let claim = table.pointee.claim else {
            throw PluginProblem(message: "plugin \(path) cannot be used: its table has no claim function")
        }
        return PluginLibrary(description: description, table: table, claim: claim)
    }

    private static func find(
        _ name: String, in directory: PluginDirectory
    ) throws(PluginProblem) -> String {
        guard PluginDirectory.isName(name) else {
            throw PluginProblem(
                message: "\"\(name)\" is not a plugin's name, expected letters, digits, dots, hyphens "
                    + "and underscores")
        }
        let candidates = directory.candidates(for: name)
        for path in candidates {
            guard let file = FileFacts(path) else { continue }
            guard file.isRegularFile else {
                throw PluginProblem(message: "plugin \"\(name)\" cannot be loaded: \(path) is not a file")
            }
            try refuseWritable(file, path, name)
            if let folder = FileFacts(directory.path) { try refuseWritable(folder, directory.path, name) }
            return path
        }
        let names = directory.names()
        let there = names.isEmpty ? "no plugin is there" : "there are " + names.joined(separator: ", ")
        let tried = candidates.joined(separator: " nor ")
        throw PluginProblem(
            message: "plugin \"\(name)\" is missing: neither \(tried) exists (\(there))"
                + suggestion(for: name, among: names))
    }

    /// Whoever can write a plugin runs code in the filter and reads all mail.
    private static func refuseWritable(
        _ facts: FileFacts, _ path: String, _ name: String
    ) throws(PluginProblem) {
        guard facts.isWritableByAnyone else { return }
        throw PluginProblem(
            message: "plugin \"\(name)\" is not loaded: anyone may write \(path), and so run code in the "
                + "filter; expected a mode without o+w")
    }

    private static func lastError() -> String {
        dlerror().map { String(cString: $0) } ?? "no reason given"
    }
}
