import Configuration
import Filtering
import Glibc
import Metrics
import MilterService
import Senders
import Synchronization

/// The snapshot that new messages begin with.
final class CurrentSnapshot: Sendable {
    private let mutex: Mutex<Snapshot>
    private let retired = RetiredSnapshots()

    init(_ snapshot: Snapshot) { mutex = Mutex(snapshot) }

    var value: Snapshot { mutex.withLock { $0 } }

    /// Reads the files again. A broken main file or plugin changes nothing.
    func reload(_ file: String, watching: Watching, metrics: Metrics, log: @escaping LogSink) -> ControlAnswer
    {
        let (answer, brokenFiles) = reload(file, watching: watching, log: log)
        let result: ReloadResult = brokenFiles == nil ? .failed : answer.exitCode == 0 ? .ok : .partial
        metrics.count(result, filesWithErrors: brokenFiles)
        return answer
    }

    /// - Returns: what to tell whoever asked, and how many sender files have a mistake; nil where nothing changed.
    private func reload(
        _ file: String, watching: Watching, log: @escaping LogSink
    ) -> (answer: ControlAnswer, brokenFiles: Int?) {
        let clock = ContinuousClock()
        let start = clock.now
        let old = value
        let reading = SnapshotReading(file: file, after: old)
        var answer = ControlAnswer(exitCode: reading.errors.isEmpty ? 0 : 78, lines: [])
        func say(_ level: LogLevel, _ line: String) {
            log(level, line)
            answer.lines.append(line)
        }
        for error in reading.errors { say(.error, "\(error)\(reading.consequence(of: error))") }
        guard let new = reading.snapshot else {
            say(
                .error,
                "reload: the files are broken, see above; going on with the configuration as it was")
            return (answer, nil)
        }
        do throws(ConfigurationError) {
            try watching.follow(new)
        } catch {
            answer.exitCode = 78
            say(.error, "\(error)")
            say(.error, "reload: going on with the configuration as it was")
            return (answer, nil)
        }
        for line in Self.restartNeeded(old.settings, new.settings) { say(.warning, line) }
        new.connect(log: log)
        replace(by: new)
        let senders =
            reading.senders.map { "\($0.count), read=\($0.filesRead), removed=\($0.filesRemoved)" } ?? "pgsql"
        say(
            .info,
            "reload: done; senders=\(senders), "
                + "errors=\(reading.errors.count), time=\(Int((clock.now - start) / .milliseconds(1)))ms")
        return (answer, reading.brokenSenderFiles)
    }

    /// What changed and does not take effect.
    private static func restartNeeded(_ old: Settings, _ new: Settings) -> [String] {
        var lines: [String] = []
        if old.listen != new.listen || old.socketMode != new.socketMode || old.socketGroup != new.socketGroup
            || old.controlPath != new.controlPath
        {
            lines.append(
                "reload: listen, socket_mode, socket_group or control changed; a restart is needed for them")
        }
        if old.metrics != new.metrics {
            lines.append("reload: metrics changed; a restart is needed for it")
        }
        if old.log != new.log { lines.append("reload: log changed; a restart is needed for it") }
        if old.traceHeader != new.traceHeader || old.onError != new.onError {
            lines.append("reload: trace_header or on_error changed; a restart is needed for them")
        }
        if old.domainCheck.state != new.domainCheck.state {
            lines.append("reload: domain_check.state changed; a restart is needed for it")
        }
        return lines
    }

    private func replace(by new: Snapshot) {
        let old = mutex.withLock { current in
            defer { current = new }
            return current
        }
        retired.add(old)
    }
}

/// Snapshots out of use, kept until the messages that began with them are finished. Whoever lets go of a snapshot last
/// frees it, which takes tens of milliseconds where there are 100,000 senders: not a message's time.
private final class RetiredSnapshots: Sendable {
    private let snapshots = Mutex<[Snapshot]>([])

    func add(_ snapshot: Snapshot) {
        let isFirst = snapshots.withLock { snapshots in
            snapshots.append(snapshot)
            return snapshots.count == 1
        }
        if isFirst, !startThread(niceness: 10, { self.freeAll() }) { snapshots.withLock { $0 = [] } }
    }

    private func freeAll() {
        var remain = true
        while remain {
            usleep(100_000)
            var unused: [Snapshot] = []
            remain = snapshots.withLock { snapshots in
                for index in snapshots.indices.reversed() where isKnownUniquelyReferenced(&snapshots[index]) {
                    unused.append(snapshots.remove(at: index))
                }
                return !snapshots.isEmpty
            }
            unused = []
        }
    }
}
