import ArgumentParser
import Configuration
import Filtering
import Glibc
import Metrics
import MilterService
import PluginHost
import Senders

/// `signpost serve`: the milter, in the foreground.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the milter in the foreground.",
        discussion: "SIGTERM ends it, SIGHUP, SIGUSR1 and `signpost reload` have it read its files again.")

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        MilterServer.blockSignals()
        let (current, metrics, log) = try start()
        let settings = current.value.settings
        let watching = Watching(metrics: metrics, log: log)
        do throws(ConfigurationError) {
            try watching.follow(current.value)
        } catch {
            complain([error])
            throw SystemExit.configuration
        }
        defer { watching.stop() }
        let exposition: @Sendable () -> [String] = { metrics.exposition(Gauges(current.value, watching)) }
        var milter = try milterOptions(settings)
        milter.metrics = metrics
        milter.commands["stats"] = { ControlAnswer(exitCode: 0, lines: exposition()) }
        let server = MilterServer(options: milter, log: log) {
            LinkFilter(snapshot: current.value, domains: watching.states, metrics: metrics, log: log)
        }
        do throws(ServiceError) {
            let endpoint = try settings.metrics.map { address throws(ServiceError) in
                try MetricsServer(address, log: log, lines: exposition)
            }
            defer { endpoint?.removeFile() }
            let onReady = { (_: ListenAddress) in
                watching.start()
                endpoint?.start()
            }
            try server.run(
                onReady: onReady,
                summary: { "senders=\(current.value.senderCount)" },
                onReload: { [file = options.config] in
                    current.reload(file, watching: watching, metrics: metrics, log: log)
                })
        } catch {
            log(.error, error.description)
            // Whoever starts it by hand reads the terminal, not the mail log.
            if settings.log.to == .syslog { complain(error.description) }
            throw ExitCode(error.exitCode.rawValue)
        }
    }

    /// Reads the files. In a function of its own, so that nothing holds the first snapshot when a second one is in
    /// use: a database that is not asked any more is to be let go.
    private func start() throws -> (current: CurrentSnapshot, metrics: Metrics, log: LogSink) {
        let reading = SnapshotReading(file: options.config)
        guard let first = reading.snapshot else {
            complain(reading.errors)
            throw SystemExit.configuration
        }
        let log = logSink(first.settings.log)
        for error in reading.errors { log(.error, "\(error)\(reading.consequence(of: error))") }
        if geteuid() == 0 {
            log(
                .warning,
                "running as root, and nothing it does needs that: start it as a user of its own (systemd: User=signpost)"
            )
        }
        announce(first, to: log)
        first.connect(log: log)
        let metrics = Metrics(version: Signpost.version, filesWithErrors: reading.brokenSenderFiles)
        return (CurrentSnapshot(first), metrics, log)
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

extension Snapshot {
    /// How many senders there are, for people.
    fileprivate var senderCount: String { database == nil ? "\(senders.count)" : "pgsql" }
}

private func milterOptions(_ settings: Settings) throws -> MilterOptions {
    var options = MilterOptions(listen: settings.listen)
    if let mode = settings.socketMode { options.socketMode = UInt32(mode) }
    options.socketGroup = settings.socketGroup
    options.control = settings.controlPath
    options.mayAddHeaders = settings.traceHeader
    options.onError = settings.onError == .accept ? .accept : .tempfail
    return options
}
