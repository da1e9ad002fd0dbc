import ArgumentParser
import Configuration
import Filtering
import MilterService
import PluginHost
import PostgreSQLSenders
import Senders
import Synchronization

/// `signpost serve`: the milter, in the foreground.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the milter in the foreground.",
        discussion: "SIGTERM ends it, SIGHUP and SIGUSR1 have it read its files again.")

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        MilterServer.blockSignals()
        let (current, settings, log) = try start()
        let server = MilterServer(options: try milterOptions(settings), log: log) {
            LinkFilter(snapshot: current.value, log: log)
        }
        do {
            try server.run { [file = options.config] in reload(file, into: current, log: log) }
        } catch {
            log(.error, error.description)
            // Whoever starts it by hand reads the terminal, not the mail log.
            if settings.log.to == .syslog { complain(error.description) }
            throw ExitCode(error.exitCode.rawValue)
        }
    }

    /// Reads the files. In a function of its own, so that nothing holds the first snapshot when a second one is in
    /// use: a database that is not asked any more is to be let go.
    private func start() throws -> (current: CurrentSnapshot, settings: Settings, log: LogSink) {
        let (first, errors) = Snapshot.load(file: options.config)
        guard let first else {
            complain(errors)
            throw SystemExit.configuration
        }
        let log = logSink(first.settings.log)
        for error in errors { log(.error, "\(error); this sender is left out, the others are served") }
        announce(first, to: log)
        first.connect(log: log)
        if first.settings.domainCheck.mode != .off {
            log(.warning, "domain_check: domains are not looked up yet; links move to them as configured")
        }
        return (CurrentSnapshot(first), first.settings, log)
    }

    private func logSink(_ log: Settings.Log) -> LogSink {
        let level = LogLevel(name: log.level.rawValue) ?? .info
        switch log.to {
        case .syslog: return syslogSink(identity: "signpost", level: level)
        case .stderr: return standardErrorSink(level: level)
        }
    }

    private func announce(_ snapshot: Snapshot, to log: LogSink) {
        let plugins = snapshot.plugins.descriptions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        log(
            .info, "signpost \(Signpost.version) starting: senders=\(snapshot.senderCount) plugins=\(plugins)"
        )
    }
}

/// The snapshot that new messages begin with.
private final class CurrentSnapshot: Sendable {
    private let mutex: Mutex<Snapshot>

    init(_ snapshot: Snapshot) { mutex = Mutex(snapshot) }

    var value: Snapshot {
        get { mutex.withLock { $0 } }
        set { mutex.withLock { $0 = newValue } }
    }
}

/// Reads the files again. A broken main file or plugin changes nothing.
private func reload(_ file: String, into current: CurrentSnapshot, log: @escaping LogSink) {
    let (snapshot, errors) = Snapshot.load(file: file, previous: current.value)
    for error in errors { log(.error, error.description) }
    guard let snapshot else {
        log(.error, "reload: the files are broken, see above; going on with the configuration as it was")
        return
    }
    let old = current.value.settings
    let new = snapshot.settings
    if old.listen != new.listen || old.socketMode != new.socketMode || old.socketGroup != new.socketGroup {
        log(.warning, "reload: listen, socket_mode and socket_group changed; a restart is needed for them")
    }
    if old.log != new.log { log(.warning, "reload: log changed; a restart is needed for it") }
    if old.traceHeader != new.traceHeader || old.onError != new.onError {
        log(.warning, "reload: trace_header or on_error changed; a restart is needed for them")
    }
    snapshot.connect(log: log)
    snapshot.database?.expire()
    current.value = snapshot
    log(.info, "reload: done; senders=\(snapshot.senderCount), errors=\(errors.count)")
}

extension Snapshot {
    /// How many senders there are, for the log.
    fileprivate var senderCount: String { database == nil ? "\(senders.senders.count)" : "pgsql" }
}

private func milterOptions(_ settings: Settings) throws -> MilterOptions {
    var options = MilterOptions(listen: settings.listen)
    if let mode = settings.socketMode { options.socketMode = UInt32(mode) }
    options.socketGroup = settings.socketGroup
    options.mayAddHeaders = settings.traceHeader
    options.onError = settings.onError == .accept ? .accept : .tempfail
    return options
}
