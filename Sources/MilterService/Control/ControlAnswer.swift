import Glibc

/// What a command that came over the control socket is answered.
///
/// On the wire: the lines, and then `end N` with the exit code. Without that line the answer is not whole.
public struct ControlAnswer: Sendable, Equatable {
    /// What `signpost` ends with (sysexits.h).
    public var exitCode: Int32
    /// Lines for a person.
    public var lines: [String]

    /// An answer.
    public init(exitCode: Int32, lines: [String]) {
        self.exitCode = exitCode
        self.lines = lines
    }

    /// The bytes on the wire.
    var wire: [UInt8] {
        Array(
            (lines.map { $0.replacing("\n", with: " ") } + ["end \(exitCode)", ""]).joined(separator: "\n")
                .utf8)
    }

    /// Reads what came over the wire.
    ///
    /// - Returns: nil where it is not whole.
    init?(wire: [UInt8]) {
        var lines = String(decoding: wire, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "", let end = lines.popLast(), end.hasPrefix("end "),
            let code = Int32(end.dropFirst(4))
        else { return nil }
        self.init(exitCode: code, lines: lines.map(String.init))
    }
}
