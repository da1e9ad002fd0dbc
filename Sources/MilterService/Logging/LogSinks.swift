import Configuration
import Filtering
import Glibc

/// A log on syslog, facility mail, under the name `identity`.
///
/// Lines less severe than `level` are dropped. Where no syslog daemon listens, they go to standard error as well: one
/// that comes later gets them. Call it once per process: `openlog(3)` keeps one identity.
public func syslogSink(identity: String, level: LogLevel) -> LogSink {
    let mailFacility: Int32 = 2 << 3  // LOG_MAIL
    let silence = reasonForSilence()
    // openlog(3) keeps the pointer, so the copy lives as long as the process.
    openlog(strdup(identity), LOG_PID | (silence == nil ? 0 : LOG_PERROR), mailFacility)
    let sink: LogSink = { severity, line in
        guard severity <= level else { return }
        visibleLogLine(line).withCString { text in
            // syslog(3) is variadic and not imported; "%s" because lines carry senders' addresses.
            withVaList([OpaquePointer(text)]) { vsyslog(severity.rawValue | mailFacility, "%s", $0) }
        }
    }
    if let silence {
        sink(
            .warning,
            "log.to is syslog, and no syslog daemon listens at /dev/log: \(silence); start one, or set "
                + "log: { to: stderr }. Lines go to standard error, too")
    }
    return sink
}

/// Why syslog(3) would drop a line, nil where a daemon takes it.
private func reasonForSilence() -> String? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let address = UnixAddress(path: "/dev/log") else { return nil }
    // EPROTOTYPE: it listens for streams, which syslog(3) can do as well.
    let isHeard = address.withPointer { connect(descriptor, $0, $1) } == 0 || errno == EPROTOTYPE
    return isHeard ? nil : systemMessage(errno)
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
