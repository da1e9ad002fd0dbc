import CMicroHTTPD
import Configuration
import Filtering
import Glibc
import Synchronization

/// Serves metrics to Prometheus: `GET /metrics` over HTTP, with libmicrohttpd. Mail never waits for it, nor depends on
/// it: an address that cannot be had now is tried again while mail is served.
///
/// Not with FlyingFox or another server on Swift's tasks: those run on libdispatch, which ends the whole process when
/// there is no file descriptor left for a look into /proc.
public final class MetricsServer: Sendable {
    /// The only resource.
    private static let path = "/metrics"
    private static let maximumClients: UInt32 = 16
    /// For a client's requests and the head of the answer, in bytes. Prometheus sends some 300.
    private static let memoryPerClient = 16384
    /// How long a client may say nothing, in seconds.
    private static let patience: UInt32 = 5

    private struct State {
        var socket: ListeningSocket?
        /// What stood in the way the last time.
        var problem: ServiceError?
        var isOver = false
    }

    private let address: ListenAddress
    private let interval: Duration
    private let log: LogSink
    private let lines: @Sendable () -> [String]
    private let state = Mutex(State())

    /// Opens the socket; nobody is answered before ``start()``. Where it cannot be opened now, that is logged, and it is
    /// tried again from the start on.
    ///
    /// - Parameters:
    ///   - interval: how long to wait before it is tried again.
    ///   - lines: asked for the exposition at each request, from any thread.
    /// - Throws: what no waiting mends, since the configuration is wrong.
    public init(
        _ address: ListenAddress, interval: Duration = .seconds(5), log: @escaping LogSink,
        lines: @escaping @Sendable () -> [String]
    ) throws(ServiceError) {
        self.address = address
        self.interval = interval
        self.log = log
        self.lines = lines
        guard openSocket() == nil, let problem = state.withLock({ $0.problem }),
            problem.exitCode == .configuration
        else { return }
        throw ServiceError(.configuration, "metrics: \(problem)")
    }

    /// Answers requests from now on, until the process ends.
    public func start() {
        if !startThread(niceness: 10, { self.serve() }) {
            log(.error, "metrics: there can be no more threads; nobody is answered until a restart")
        }
    }

    /// Removes a unix socket, if it is still ours, and makes none any more.
    public func removeFile() {
        let socket = state.withLock { state in
            state.isOver = true
            return state.socket
        }
        socket?.removeFile()
    }

    /// The socket, nil where it cannot be opened now.
    private func openSocket() -> ListeningSocket? {
        state.withLock { state in
            if state.socket != nil || state.isOver { return state.socket }
            do throws(ServiceError) {
                state.socket = try ListeningSocket.open(address)
            } catch {
                // Once for each reason, not at every try; a wrong configuration is the caller's to tell, at the start.
                let isThrown = error.exitCode == .configuration && state.problem == nil
                if error != state.problem, !isThrown {
                    log(
                        .error,
                        "metrics: \(error). Mail is served without them; the address is tried again every "
                            + "\(interval.components.seconds) s")
                }
                state.problem = error
            }
            return state.socket
        }
    }

    /// Runs libmicrohttpd on this thread, that it stands back for mail.
    private func serve() {
        var opened = openSocket()
        while opened == nil {
            usleep(useconds_t(clamping: Int(interval / .microseconds(1))))
            opened = openSocket()
        }
        guard let socket = opened else { return }
        log(.info, "metrics at \(socket.address), path \(Self.path)")
        var daemon = makeDaemon(on: socket)
        if daemon == nil {
            log(.warning, "metrics: libmicrohttpd does not start; is no descriptor left? It is tried again")
        }
        while daemon == nil {
            sleep(1)
            daemon = makeDaemon(on: socket)
        }
        while MHD_run_wait(daemon, -1) == .YES {
            // While no descriptor is left for a client it returns at once, again and again.
            usleep(1000)
        }
        log(.error, "metrics: libmicrohttpd has given up; nobody is answered until a restart")
    }

    private func makeDaemon(on socket: ListeningSocket) -> OpaquePointer? {
        let options: [(MHD_OPTION, any CVarArg)] = [
            (.LISTEN_SOCKET, socket.descriptor),
            (.CONNECTION_LIMIT, Self.maximumClients),
            (.CONNECTION_MEMORY_LIMIT, Self.memoryPerClient),
            (.CONNECTION_TIMEOUT, Self.patience),
        ]
        let arguments = options.flatMap { [$0.rawValue, $1] as [any CVarArg] } + [MHD_OPTION.END.rawValue]
        return withVaList(arguments) { arguments in
            MHD_start_daemon_va(
                MHD_USE_EPOLL.rawValue, 0, nil, nil,
                { server, connection, url, method, _, _, _, _ in
                    guard let server, let connection, let url, let method else { return .NO }
                    return Unmanaged<MetricsServer>.fromOpaque(server).takeUnretainedValue()
                        .answer(connection, String(cString: method), String(cString: url))
                },
                Unmanaged.passUnretained(self).toOpaque(), arguments)
        }
    }

    /// Called when a head is there. What is answered then and not after the body ends the connection.
    private func answer(_ connection: OpaquePointer, _ method: String, _ path: String) -> MHD_Result {
        switch (path, method) {
        case (Self.path, "GET"), (Self.path, "HEAD"):
            // https://prometheus.io/docs/instrumenting/exposition_formats/
            let fields = [MHD_HTTP_HEADER_CONTENT_TYPE: "text/plain; version=0.0.4; charset=utf-8"]
            return respond(connection, MHD_HTTP_OK, lines().joined(separator: "\n") + "\n", fields)
        case (Self.path, _):
            return respond(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "", [MHD_HTTP_HEADER_ALLOW: "GET, HEAD"])
        default:
            return respond(connection, MHD_HTTP_NOT_FOUND, "the metrics are at \(Self.path)\n", [:])
        }
    }

    private func respond(
        _ connection: OpaquePointer, _ status: Int32, _ body: String, _ fields: [String: String]
    ) -> MHD_Result {
        let body = Array(body.utf8)
        let response = body.withUnsafeBytes { body in
            // Copied, so it is not written to.
            let start = UnsafeMutableRawPointer(mutating: body.baseAddress)
            return MHD_create_response_from_buffer(body.count, start, .RESPMEM_MUST_COPY)
        }
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        for (name, value) in fields { MHD_add_response_header(response, name, value) }
        return MHD_queue_response(connection, UInt32(status), response)
    }
}
