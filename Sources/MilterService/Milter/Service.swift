import Filtering
import Metrics
import Synchronization

/// What all connections share. libmilter knows one filter per process, so there is one of these at a time.
final class Service: Sendable {
    let makeFilter: @Sendable () -> any MessageFilter
    let log: LogSink
    /// What each connection is to agree on.
    let wanted: Agreement
    let onError: FailureAction
    let metrics: Metrics?

    /// Agreements other than the usual one of connections that said QUIT_NC: their next CONNECT comes without
    /// negotiation, and libmilter closes the session in between. Keyed by the address of libmilter's context; with
    /// MTAs of this century nothing is ever in here.
    private let unusualAgreements = Mutex<[UInt: Agreement]>([:])
    private let closing = Atomic<Bool>(false)
    private let saidBefore = Mutex<Set<String>>([])

    init(
        makeFilter: @escaping @Sendable () -> any MessageFilter, log: @escaping LogSink, wanted: Agreement,
        onError: FailureAction, metrics: Metrics?
    ) {
        self.makeFilter = makeFilter
        self.log = log
        self.wanted = wanted
        self.onError = onError
        self.metrics = metrics
    }

    /// The service in charge of the process's callbacks.
    static var current: Service? {
        get { installed.withLock { $0 } }
        set { installed.withLock { $0 = newValue } }
    }

    /// Whether no more messages are begun, since the process is about to end.
    var isClosing: Bool { closing.load(ordering: .relaxed) }

    /// Begins no more messages.
    func close() { closing.store(true, ordering: .relaxed) }

    /// Logs what would else be said at every connection once in the life of the process.
    func logOnce(_ level: LogLevel, _ line: String) {
        if saidBefore.withLock({ $0.insert(line).inserted }) { log(level, line) }
    }

    /// Keeps the agreement of a connection that closes its session.
    func remember(_ agreement: Agreement, of connection: UInt) {
        guard agreement != wanted else { return }
        unusualAgreements.withLock { $0[connection] = agreement }
    }

    /// Takes back the agreement of a connection, the usual one where none was kept.
    func agreement(of connection: UInt) -> Agreement {
        unusualAgreements.withLock { $0.removeValue(forKey: connection) } ?? wanted
    }
}

private let installed = Mutex<Service?>(nil)

/// How many of something there are, in all threads.
final class LiveCount: Sendable {
    /// Connections with a session.
    static let sessions = LiveCount()
    /// Messages under way.
    static let messages = LiveCount()

    private let count = Atomic<Int>(0)

    /// The number at this moment.
    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    /// One more.
    func increment() { count.add(1, ordering: .sequentiallyConsistent) }
    /// One less.
    func decrement() { count.subtract(1, ordering: .sequentiallyConsistent) }
}
