import Foundation

/// Other projects' test suites, where the machine has them (`$SIGNPOST_CORPUS`). They are not ours to copy.
enum PeerData {
    /// The folder of `raw/peer`, nil where there is none.
    static let folder = ProcessInfo.processInfo.environment["SIGNPOST_CORPUS"].map {
        URL(filePath: $0).appending(path: "raw/peer")
    }

    static var isThere: Bool { folder != nil }

    /// What the JSON file at `path` below the folder says.
    static func json(_ path: String) throws -> Any {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        // A surrogate alone, which Foundation refuses, is U+FFFD to whoever reads text (a "USVString" of web IDL).
        let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            .replacing(/(\\u[dD][89aAbB]..\\u[dD][c-fC-F]..)|\\u[dD][89a-fA-F]../) { pair in
                pair.1.map(String.init) ?? "\\ufffd"
            }
        return try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    /// The names of the files in the folder at `path` that end in `suffix`, sorted.
    static func names(in path: String, suffix: String) throws -> [String] {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)
            .filter { $0.hasSuffix(suffix) }.sorted()
    }
}
