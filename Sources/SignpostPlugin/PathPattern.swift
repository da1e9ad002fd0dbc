/// A pattern for path and query: `*` for any run of characters, everything else for itself, in its case.
///
/// The fragment does not count; `/c/*` matches `/c/1?a=b#top`. The rule is `signpost_path_matches` in the ABI.
public struct PathPattern: Sendable, Hashable {
    let utf8: [UInt8]

    /// The pattern `text`.
    public init(_ text: String) { utf8 = Array(text.utf8) }

    /// The patterns that stand in a setting of type string list.
    ///
    /// - Throws: where one of them could never match, because it begins with neither `/` nor `*`.
    public static func list(_ name: String, of settings: Settings) throws -> [PathPattern] {
        try settings.strings(name).map { text in
            guard text.hasPrefix("/") || text.hasPrefix("*") else {
                throw SettingsError(
                    "\"\(text)\" in \(name) can match no path, expected a pattern that begins with / or *")
            }
            return PathPattern(text)
        }
    }
}
