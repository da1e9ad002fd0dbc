/// The mistakes found so far. Reading goes on after a mistake, so that one run names them all.
///
/// Not Sendable: one list belongs to the one thread that reads.
public final class ErrorList {
    private var found: [ConfigurationError] = []

    /// An empty list.
    public init() {}

    /// Whether nothing was found.
    public var isEmpty: Bool { found.isEmpty }

    /// How many mistakes were found.
    public var count: Int { found.count }

    /// Everything found, sorted by file, line and column.
    public var sorted: [ConfigurationError] { found.sorted() }

    /// Adds a mistake at `position`.
    public func report(_ position: SourcePosition, _ message: String) {
        found.append(ConfigurationError(position, message))
    }

    /// Adds mistakes found elsewhere.
    public func report(_ errors: [ConfigurationError]) {
        found += errors
    }
}

/// What is wrong with a single value, before anyone knows where it stands: what was found and what was expected.
public struct ValueError: Error, Equatable, Sendable {
    /// The sentence for the operator.
    public var message: String

    /// An error with its sentence.
    public init(_ message: String) {
        self.message = message
    }

    /// `expected …, found "…"`.
    public init(expected: String, found: String) {
        message = "expected \(expected), found \(quoted(found))"
    }
}

extension ConfigurationError: Comparable {
    /// Errors sort by file, line, column, and then by their text, so that the output is always the same.
    public static func < (left: ConfigurationError, right: ConfigurationError) -> Bool {
        (left.position.file, left.position.line, left.position.column, left.message)
            < (right.position.file, right.position.line, right.position.column, right.message)
    }
}
