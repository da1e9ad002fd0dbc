/// Reads a mapping with known keys into typed values, and reports every mistake with its place.
///
/// ```swift
/// let errors = ErrorList()
/// let reader = MappingReader(node, keys: ["paths", "scheme"], errors: errors)
/// let paths = reader.list("paths") { try Pattern(parsing: $0) } ?? []
/// ```
/// A value that is wrong is reported and then reads as missing, so that callers need no error path of
/// their own: they finish, and look at `errors` at the end.
public struct MappingReader {
    /// Where the mapping begins.
    public let position: SourcePosition
    /// The pairs whose keys are known, in the file's order.
    public let pairs: [(key: ConfigurationNode, value: ConfigurationNode)]
    private let isMapping: Bool
    private let errors: ErrorList

    /// Reads `node`, which has to be a mapping with no other keys than `keys`.
    ///
    /// - Parameters:
    ///   - othersAllowed: unknown keys are somebody else's business, see ``others(than:)``.
    ///   - what: what a key names, in messages.
    public init(
        _ node: ConfigurationNode, keys: [String], what: String = "key", othersAllowed: Bool = false,
        errors: ErrorList
    ) {
        position = node.position
        self.errors = errors
        guard case .mapping(let pairs) = node.value else {
            errors.report(
                node.position,
                "expected a mapping with the keys \(keys.joined(separator: ", ")), found \(node.kindOfValue)")
            self.pairs = []
            isMapping = false
            return
        }
        self.pairs = pairs
        isMapping = true
        if othersAllowed { return }
        for (key, _) in pairs {
            guard let name = key.scalar, !keys.contains(name) else { continue }
            errors.report(key.position, unknown(what, name, known: keys))
        }
    }

    /// The pairs whose keys are none of `keys`.
    public func others(than keys: [String]) -> [(key: ConfigurationNode, value: ConfigurationNode)] {
        pairs.filter { pair in !keys.contains { $0 == pair.key.scalar } }
    }

    /// The node behind `key`, nil where the key is missing.
    public func node(_ key: String) -> ConfigurationNode? {
        pairs.first { $0.key.scalar == key }?.value
    }

    /// Whether a list is missing or has no items. Something that is no list has its own error.
    public func isEmptyList(_ key: String) -> Bool {
        switch node(key)?.value {
        case nil: true
        case .sequence(let items): items.isEmpty
        default: false
        }
    }

    /// Reports a missing key unless it is there (with whatever value). What is no mapping at all is reported
    /// already, and has no keys to miss.
    public func require(_ key: String, expected: String) {
        if isMapping, node(key) == nil {
            errors.report(position, "missing key `\(key)`: expected \(expected)")
        }
    }

    /// A value read by `parse`.
    public func value<Value>(_ key: String, _ parse: (String) throws(ValueError) -> Value) -> Value? {
        node(key).flatMap { read($0, as: "`\(key)`", parse) }
    }

    /// A text that must not be empty.
    public func text(_ key: String) -> String? {
        value(key) { text throws(ValueError) in text }
    }

    /// A word out of a few.
    public func choice<Value: RawRepresentable & CaseIterable & Sendable>(_ key: String) -> Value?
    where Value.RawValue == String {
        value(key, MappingReader.choice)
    }

    /// `on` or `off`; `true` and `false`, `yes` and `no` mean the same.
    public func flag(_ key: String) -> Bool? {
        value(key, MappingReader.flag)
    }

    /// A list, each item read by `parse`. Items that are wrong are reported and left out.
    public func list<Value>(_ key: String, _ parse: (String) throws(ValueError) -> Value) -> [Value]? {
        items(key)?.compactMap { read($0, as: "an item of `\(key)`", parse) }
    }

    /// The nodes of a list.
    public func items(_ key: String) -> [ConfigurationNode]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let items) = node.value else {
            let hint = node.scalar == "" ? "; an empty list is []" : ""
            errors.report(node.position, "expected a list for `\(key)`, found \(node.kindOfValue)\(hint)")
            return nil
        }
        return items
    }

    /// A mapping inside this one.
    public func mapping(_ key: String, keys: [String], what: String = "key") -> MappingReader? {
        guard let node = node(key) else { return nil }
        guard case .mapping = node.value else {
            errors.report(
                node.position,
                "expected a mapping for `\(key)` with the keys \(keys.joined(separator: ", ")), "
                    + "found \(node.kindOfValue)")
            return nil
        }
        return MappingReader(node, keys: keys, what: what, errors: errors)
    }

    /// Reads a single node that has to be a word; `what` names it in messages.
    public func read<Value>(
        _ node: ConfigurationNode, as what: String, _ parse: (String) throws(ValueError) -> Value
    ) -> Value? {
        guard let text = node.scalar, !text.isEmpty else {
            errors.report(node.position, "expected a value for \(what), found \(node.kindOfValue)")
            return nil
        }
        do {
            return try parse(text)
        } catch {
            errors.report(node.position, "\(what): \(error.message)")
            return nil
        }
    }

    /// Reads `on`, `off` and their synonyms; case does not matter.
    public static func flag(_ text: String) throws(ValueError) -> Bool {
        switch text.lowercased() {
        case "on", "true", "yes": return true
        case "off", "false", "no": return false
        default: throw ValueError(expected: "on or off", found: text)
        }
    }

    /// Reads one of an enumeration's words.
    public static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ text: String
    ) throws(ValueError) -> Value where Value.RawValue == String {
        if let value = Value(rawValue: text) { return value }
        let words = Value.allCases.map(\.rawValue)
        let expected = [words.dropLast().joined(separator: ", "), words.last ?? ""].filter { !$0.isEmpty }
        throw ValueError(expected: expected.joined(separator: " or "), found: text)
    }
}

/// `unknown key "listn"; did you mean "listen"?`, or else the list of what is known.
public func unknown(_ what: String, _ name: String, known: [String]) -> String {
    let start = "unknown \(what) `\(printable(name))`"
    if let suggestion = Suggestion.nearest(to: name, among: known) {
        return "\(start); did you mean `\(suggestion)`?"
    }
    return "\(start); expected " + (known.isEmpty ? "none" : "one of " + known.joined(separator: ", "))
}
