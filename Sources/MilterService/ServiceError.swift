import Glibc

/// Why the service can't run: one sentence that says where, what and what to do, and the exit code that fits.
public struct ServiceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// An exit code of sysexits(3).
    public var exitCode: ExitCode
    /// Where; what; what to do.
    public var description: String

    /// The codes of sysexits(3) that a service ends with.
    public enum ExitCode: Int32, Sendable {
        /// A group that does not exist (EX_NOUSER).
        case noUser = 67
        /// Something else is in the way, such as another server on the address (EX_UNAVAILABLE).
        case unavailable = 69
        /// The system refuses, and nobody knows why (EX_OSERR).
        case operatingSystem = 71
        /// The socket can't be made where it should be (EX_CANTCREAT).
        case cannotCreate = 73
        /// We may not (EX_NOPERM).
        case noPermission = 77
        /// The configuration is wrong (EX_CONFIG).
        case configuration = 78
    }

    /// An error with its exit code.
    public init(_ exitCode: ExitCode, _ description: String) {
        self.exitCode = exitCode
        self.description = description
    }
}

/// What the system calls the error `code`.
func systemMessage(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return buffer.withUnsafeBufferPointer { text in
        text.baseAddress.map { String(cString: $0) } ?? "error \(code)"
    }
}
