import Filtering
import Glibc

/// A log on syslog, facility mail, under the name `identity`.
///
/// Lines less severe than `level` are dropped. Call it once per process: `openlog(3)` keeps one identity.
public func syslogSink(identity: String, level: LogLevel) -> LogSink {
    let mailFacility: Int32 = 2 << 3  // LOG_MAIL
    // openlog(3) keeps the pointer, so the copy lives as long as the process.
    openlog(strdup(identity), LOG_PID, mailFacility)
    return { severity, line in
        guard severity <= level else { return }
        visibleLogLine(line).withCString { text in
            // syslog(3) is variadic and not imported; "%s" because lines carry senders' addresses.
            withVaList([OpaquePointer(text)]) { vsyslog(severity.rawValue | mailFacility, "%s", $0) }
        }
    }
}

/// A log on standard error.
///
/// Lines less severe than `level` are dropped. Where standard error is journald's (sd-daemon(3)), a line
/// begins with `<priority>`, which journald takes off.
public func standardErrorSink(level: LogLevel) -> LogSink {
    let toJournal = isJournal(descriptor: STDERR_FILENO)
    return { severity, line in
        guard severity <= level else { return }
        let text = (toJournal ? "<\(severity.rawValue)>" : "") + visibleLogLine(line) + "\n"
        writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// Whether `descriptor` leads to journald: JOURNAL_STREAM names its device and inode (systemd.exec(5)), and is
/// inherited by processes whose output was sent elsewhere since.
private func isJournal(descriptor: Int32) -> Bool {
    guard let stream = getenv("JOURNAL_STREAM") else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
}

/// Writes the bytes in one `write(2)` where the kernel takes them so, that lines of two threads do not mix.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes {
            write(
                descriptor, UnsafeRawBufferPointer(rebasing: $0[written...]).baseAddress, $0.count - written)
        }
        if count > 0 {
            written += count
        } else if count == 0 || errno != EINTR {
            return
        }
    }
}
