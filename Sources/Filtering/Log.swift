/// How much a log line matters; the raw value is its syslog priority (RFC 5424 section 6.2.1).
public enum LogLevel: Int32, Sendable, Comparable, CaseIterable {
    /// Something failed; someone has to act.
    case error = 3
    /// Something is not as it should be; mail goes on.
    case warning = 4
    /// What an operator reads every day: one line per message.
    case info = 6
    /// What someone reads who looks for a fault.
    case debug = 7

    /// The level called `name` in a configuration (`log: { level: … }`).
    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// The level's name in a configuration.
    public var name: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// Less is more severe, as with syslog's numbers.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Takes a log line, from any thread. The line needs no newline; control characters in it are made visible.
public typealias LogSink = @Sendable (LogLevel, String) -> Void
