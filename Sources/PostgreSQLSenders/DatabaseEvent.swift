import Configuration

/// What an operator wants to know of the database, besides what stands in messages' own lines.
public enum DatabaseEvent: Sendable {
    /// It does not answer any more. Told once, until it is ``back``.
    case away(reason: String)
    /// It answers again.
    case back(after: Duration)
    /// A row that is no sender, or no usable one.
    case broken(ConfigurationError)
}
