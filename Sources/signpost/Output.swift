import ArgumentParser
import Configuration
import Glibc

/// Writes bytes to a file descriptor, all of them.
///
/// - Returns: false where it cannot be done; `errno` says why.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
        var written = 0
        while written < buffer.count {
            let count = write(
                descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]).baseAddress,
                buffer.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            written += count
        }
        return true
    }
}

/// Writes a line for a person to standard error.
func complain(_ line: String) {
    _ = writeAll(Array((line + "\n").utf8), to: STDERR_FILENO)
}

/// Prints configuration errors, a line each.
func complain(_ errors: [ConfigurationError]) {
    for error in errors { complain(error.description) }
}

/// Exit codes of sysexits.h.
enum SystemExit {
    static let usage = ExitCode(64)
    static let dataError = ExitCode(65)
    static let noInput = ExitCode(66)
    static let noUser = ExitCode(67)
    static let unavailable = ExitCode(69)
    static let cannotCreate = ExitCode(73)
    static let inputOutputError = ExitCode(74)
    static let temporaryFailure = ExitCode(75)
    static let configuration = ExitCode(78)
}

/// The whole content of a file or stream.
///
/// - Returns: nil where it cannot be read; `errno` says why.
func readAll(from descriptor: Int32) -> [UInt8]? {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count == 0 { return content }
        if count < 0 {
            if errno == EINTR { continue }
            return nil
        }
        content += chunk[..<count]
    }
}

/// What `errno` means, in words.
func systemError() -> String { String(cString: strerror(errno)) }
