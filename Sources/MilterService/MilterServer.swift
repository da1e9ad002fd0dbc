import CGNU
import CMilter
import Configuration
import Filtering
import Glibc
import Metrics
import Synchronization

/// What the service has to know.
public struct MilterOptions: Sendable {
    /// The filter's name in libmilter's own log lines.
    public var name = "signpost"
    /// Where to listen.
    public var listen: ListenAddress
    /// The mode of a unix socket.
    public var socketMode: UInt32 = 0o660
    /// The group of a unix socket, nil for our own.
    public var socketGroup: String?
    /// Whether header fields may be added (`trace_header`).
    public var mayAddHeaders = false
    /// The unix socket that takes commands, nil for none.
    public var control: String?
    /// What the control socket takes besides `reload`; each is answered on a thread of its own.
    public var commands: [String: @Sendable () -> ControlAnswer] = [:]
    /// Told of connections and of the end of messages; nil where nobody counts.
    public var metrics: Metrics?
    /// What becomes of a message whose changes can't be sent.
    public var onError = FailureAction.accept
    /// How long messages under way may take at the end. In its last two seconds (or second
    /// half) none is begun on connections that never rest.
    /// Shorter than Postfix waits for an answer (`milter_command_timeout`, 30 s): where systemd holds the socket, new
    /// connections wait for our successor meanwhile.
    public var drainTime = Duration.seconds(20)

    /// The defaults, at `listen`.
    public init(listen: ListenAddress) { self.listen = listen }
}

/// The milter: listens, answers the MTA by libmilter, and ends when it is told to.
///
/// One per process, since libmilter knows only one. SIGTERM and SIGINT end it once the messages under way are
/// finished, SIGHUP and SIGUSR1 have the files read again.
public final class MilterServer: Sendable {
    private let options: MilterOptions
    private let log: LogSink
    private let makeFilter: @Sendable () -> any MessageFilter
    private let listener = Atomic<ListenerState>(.running)
    /// The thread in `smfi_main`, as a number.
    private let listenerThread = Atomic<UInt>(0)

    private enum ListenerState: UInt8, AtomicRepresentable { case running, ended, failed }

    /// A server that asks `makeFilter` for the filter of every message, at its MAIL FROM and from any thread.
    public init(
        options: MilterOptions, log: @escaping LogSink,
        makeFilter: @escaping @Sendable () -> any MessageFilter
    ) {
        self.options = options
        self.log = log
        self.makeFilter = makeFilter
    }

    /// Blocks the service's signals in this thread and those it starts. To be called before there are other threads:
    /// a thread without it that gets SIGHUP ends the process.
    public static func blockSignals() { Signals.block() }

    /// Connections that are open at this moment.
    public static var liveSessions: Int { LiveCount.sessions.value }
    /// Messages that are under way at this moment.
    public static var liveMessages: Int { LiveCount.messages.value }

    /// Serves until a signal ends it. Throws if it can't begin, or if libmilter gives up.
    ///
    /// `onReady` is called once, when the MTA can connect, with the address; `onReload` for SIGHUP, SIGUSR1 and the
    /// command `reload` on the control socket, on a thread of its own, one call at a time. `summary` begins the status
    /// line that systemd shows; connections and messages follow.
    public func run(
        onReady: (ListenAddress) -> Void = { _ in },
        summary: @escaping @Sendable () -> String = { "serving" },
        onReload: @escaping @Sendable () -> ControlAnswer
    ) throws(ServiceError) {
        Signals.block()
        raiseFileLimit()
        tuneAllocator()
        if !sigwaitIsOurs() {
            log(.warning, "libmilter keeps SIGHUP for itself in this build: SIGHUP stops, SIGUSR1 reloads")
        }
        let address = try ListenAddress.fromServiceManager() ?? options.listen
        let socket = try ListeningSocket.open(address, mode: options.socketMode, group: options.socketGroup)
        defer { socket.removeFile() }
        try handOver(socket)

        let status: @Sendable () -> String = {
            "\(summary()) connections=\(Self.liveSessions) messages=\(Self.liveMessages)"
        }
        let reloader = Reloader(onReload, status: status)
        var commands = options.commands.mapValues { command -> ControlServer.Command in { $0(command()) } }
        commands["reload"] = { reloader.request($0) }
        let control = openControl(commands)
        defer { control?.removeFile() }
        let started = startThread {
            self.listenerThread.store(UInt(pthread_self()), ordering: .sequentiallyConsistent)
            self.listener.store(
                smfi_main() == MI_SUCCESS ? .ended : .failed, ordering: .sequentiallyConsistent)
            // A thread that is gone could not be interrupted. The process ends soon.
            while true { Glibc.pause() }
        }
        guard started else { throw ServiceError(.operatingSystem, "cannot start a thread for libmilter") }
        log(.info, "listening on \(socket.inBothNotations)")
        ServiceManager.tellReady(status())
        let watchdog = startWatchdog(over: socket)
        onReady(socket.address)

        var told = (status: "", at: ContinuousClock.now)
        // Often enough for the watchdog.
        let interval = min(.seconds(1), (watchdog?.interval ?? .seconds(1)) / 2)
        while listener.load(ordering: .sequentiallyConsistent) == .running {
            let signal = Signals.next(within: Int(interval / .milliseconds(1)))
            watchdog?.pass()
            switch signal {
            case SIGHUP, SIGUSR1:
                reloader.request()
            case SIGTERM, SIGINT:
                watchdog?.retire()
                drain(socket)
                return
            default:
                guard ContinuousClock.now - told.at > Self.statusInterval else { break }
                let present = status()
                if present != told.status { ServiceManager.tellStatus(present) }
                told = (present, .now)
            }
        }
        // libmilter stops by itself only if it was left its signals, or if it can't go on.
        if listener.load(ordering: .sequentiallyConsistent) == .failed {
            throw ServiceError(
                .operatingSystem, "libmilter gave up on \(socket.address); its own log lines say why")
        }
    }

    private static let statusInterval = Duration.seconds(5)

    /// Has systemd hear, where it wants to, that we live; and not where no MTA would find that so.
    private func startWatchdog(over socket: ListeningSocket) -> Watchdog? {
        guard let interval = ServiceManager.watchdogInterval else { return nil }
        let watchdog = Watchdog(interval: interval)
        let makeFilter = makeFilter
        let isStarted = watchdog.start {
            // As for a message: a lock that nobody lets go of is noticed.
            _ = makeFilter()
            return socket.answersACall(within: interval) ?? true
        }
        if !isStarted {
            log(.error, "cannot start a thread for the watchdog; systemd will start the service again")
        }
        return watchdog
    }

    /// Mail does not depend on the control socket: where there can be none, that is said, and there is none.
    private func openControl(_ commands: [String: ControlServer.Command]) -> ControlServer? {
        guard let path = options.control else { return nil }
        do throws(ServiceError) {
            let control = try ControlServer(path: path, commands: commands)
            if control.start() { return control }
            control.removeFile()
            log(.warning, "cannot start a thread for the control socket; `signpost reload` will find nobody")
        } catch {
            log(
                .warning,
                "control socket: \(error); until then `signpost reload` finds nobody, SIGHUP does the same. "
                    + "`control:` in the main file puts it elsewhere")
        }
        return nil
    }

    /// Makes libmilter use `socket` and our callbacks.
    private func handOver(_ socket: ListeningSocket) throws(ServiceError) {
        readAhead(onConnectionsOf: socket.descriptor)
        let wanted = Agreement.wanted(mayAddHeaders: options.mayAddHeaders, overTCP: socket.isOverTCP)
        Service.current = Service(
            makeFilter: makeFilter, log: log, wanted: wanted, onError: options.onError,
            metrics: options.metrics)
        let registered = options.name.withCString { name in
            smfi_register(filterDescription(name: UnsafeMutablePointer(mutating: name)))
        }
        let connected = "fd:\(socket.descriptor)".withCString {
            smfi_setconn(UnsafeMutablePointer(mutating: $0))
        }
        guard registered == MI_SUCCESS, connected == MI_SUCCESS else {
            throw ServiceError(
                .unavailable, "libmilter does not take our callbacks; is its version that of its header?")
        }
        // A first look that fails now instead of in smfi_main. "fd:" is Debian's addition.
        guard smfi_opensocket(0) == MI_SUCCESS else {
            throw ServiceError(.unavailable, "libmilter does not take an open socket (fd:N); Debian's does")
        }
    }

    /// Stops taking connections, and waits for the messages under way, though not for ever; a second signal ends it.
    ///
    /// Connections are not closed between messages: an MTA has one for each of its sessions, and for the rest of a
    /// session whose connection is gone it does as for a milter that is down.
    private func drain(_ socket: ListeningSocket) {
        log(.info, "stopping: \(Self.liveMessages) messages under way")
        ServiceManager.tellStopping("stopping: messages=\(Self.liveMessages)")
        socket.retire()
        let deadline = ContinuousClock.now + options.drainTime
        let closing = deadline - min(options.drainTime / 2, .seconds(2))
        while Self.liveMessages > 0 {
            if ContinuousClock.now >= closing { Service.current?.close() }
            if ContinuousClock.now >= deadline || isStop(Signals.next(within: 20)) {
                log(
                    .warning,
                    "stopping with \(Self.liveMessages) messages under way; the MTA will try them again")
                break
            }
        }
        // A message ends in a callback, and libmilter sends its reply just after.
        _ = Signals.next(within: 100)
        _ = startThread { smfi_stop() }
        for _ in 0..<300 where listener.load(ordering: .sequentiallyConsistent) == .running {
            socket.wake()
            Signals.interrupt(pthread_t(listenerThread.load(ordering: .sequentiallyConsistent)))
            _ = Signals.next(within: 20)
        }
        log(.info, "stopped")
    }

    private func isStop(_ signal: Int32?) -> Bool { signal == SIGTERM || signal == SIGINT }

    /// glibc makes eight arenas for each processor, and each keeps what its threads once needed. Two do as well, at 256
    /// connections with a sixth less memory. And once in a while it settles at giving the memory of each large body back,
    /// to get it anew, page by page, for the next: a fifth of all time. So where it settles is not left to it: a body's
    /// memory is the arena's, and as much may lie idle in one as glibc's own rule would have.
    private func tuneAllocator() {
        _ = mallopt(arena_max, Int32(max(4, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
        _ = mallopt(mmap_threshold, 8 << 20)
        _ = mallopt(trim_threshold, 16 << 20)
    }

    /// Every connection is a descriptor, and the usual soft limit is 1024.
    private func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
