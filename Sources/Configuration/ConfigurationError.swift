/// One mistake in a configuration: where it is, what was found, what was expected.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the mistake is.
    public var position: SourcePosition
    /// What was found, and what was expected.
    public var message: String

    /// A mistake at `position`.
    public init(_ position: SourcePosition, _ message: String) {
        self.position = position
        self.message = message
    }

    /// `file:line:column: error: message`, the form of the contract.
    public var description: String { "\(position): error: \(message)" }
}
