/// A node of a configuration file with its place, so that whoever reads it, plugins included,
/// can complain with file, line and column.
///
/// Scalars are text as written: YAML 1.1's readings of `off`, `0660` or `1_000` do not apply.
public struct ConfigurationNode: Sendable, Equatable {
    /// What stands at the place.
    public enum Value: Sendable {
        /// A scalar as written, without its quotes.
        case scalar(String)
        /// A list.
        case sequence([ConfigurationNode])
        /// A mapping in the file's order; keys carry their own place.
        case mapping([(key: ConfigurationNode, value: ConfigurationNode)])
    }

    /// Where the node begins.
    public var position: SourcePosition
    /// What it holds.
    public var value: Value

    /// A node at `position`.
    public init(position: SourcePosition, value: Value) {
        self.position = position
        self.value = value
    }

    /// The text of a scalar, nil for the rest.
    public var scalar: String? {
        if case .scalar(let text) = value { text } else { nil }
    }
}

extension ConfigurationNode.Value: Equatable {
    /// Whether two hold the same, at the same places.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        // Byte by byte: plugins get them so, and strings are equal in all their Unicode normal forms.
        case (.scalar(let one), .scalar(let other)): one.utf8.elementsEqual(other.utf8)
        case (.sequence(let one), .sequence(let other)): one == other
        case (.mapping(let one), .mapping(let other)): one.elementsEqual(other, by: ==)
        default: false
        }
    }
}
