import Configuration
import Filtering
import Metrics
import MilterService
import Synchronization
import TrackingDomains

/// The watch over the tracking domains, as the configuration wants it: one, or none (`domain_check: { mode: off }`).
final class Watching: Sendable {
    private struct State {
        var watch: DomainWatch?
        /// Whether mail is being served: the watch works from then on.
        var isServing = false
    }

    private let mutex = Mutex(State())
    private let metrics: Metrics
    private let log: LogSink

    init(metrics: Metrics, log: @escaping LogSink) {
        self.metrics = metrics
        self.log = log
    }

    /// How many domains are how; none where nobody watches.
    var standings: [DomainStanding: Int] { mutex.withLock { $0.watch }?.standings ?? [:] }

    /// What is known of domains; nil where nobody watches.
    var states: (any DomainStates)? { mutex.withLock { $0.watch } }

    /// Watches the domains of a snapshot from now on. Called at the start and at each reload, never twice at a time.
    ///
    /// - Throws: where `https_ca` cannot be read; everything is as it was then.
    func follow(_ snapshot: Snapshot) throws(ConfigurationError) {
        let settings = snapshot.settings
        let old = mutex.withLock { $0.watch }
        guard settings.domainCheck.mode != .off else {
            mutex.withLock { $0.watch = nil }
            old?.stop()
            return
        }
        let setup = DomainWatch.Setup(
            check: settings.domainCheck, target: settings.cnameTarget,
            verifier: try NetworkVerifier(settings), questions: snapshot.domainQuestions)
        if let old { return old.update(setup) }
        let new = DomainWatch(setup) { [log, metrics] event in
            if event.isLoss { metrics.countLostDomain() }
            log(event.isWarning ? .warning : .info, event.description)
        }
        let isServing = mutex.withLock { state in
            state.watch = new
            return state.isServing
        }
        if isServing { run(new) }
    }

    /// Mail is being served: nothing that the watch does can delay the start any more.
    func start() {
        let watch = mutex.withLock { state in
            state.isServing = true
            return state.watch
        }
        if let watch { run(watch) }
    }

    /// Ends the watch and has it write down what it knows.
    func stop() { mutex.withLock { $0.watch }?.stop() }

    private func run(_ watch: DomainWatch) {
        if !startThread({ watch.run() }) {
            log(
                .error,
                "domain_check: there can be no more threads; domains are not looked up until a restart")
        }
    }
}
