import CMicroHTTPD
import Configuration
import Filtering
import Glibc

/// Serves metrics to Prometheus: `GET /metrics` over HTTP, with libmicrohttpd. Mail never waits for it.
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

    private let socket: ListeningSocket
    private let log: LogSink
    private let lines: @Sendable () -> [String]

    /// Opens the socket; nobody is answered before ``start()``.
    ///
    /// - Parameter lines: asked for the exposition at each request, from any thread.
    public init(
        _ address: ListenAddress, log: @escaping LogSink, lines: @escaping @Sendable () -> [String]
    ) throws(ServiceError) {
        do throws(ServiceError) {
            socket = try ListeningSocket.open(address)
        } catch {
            throw ServiceError(error.exitCode, "metrics: \(error)")
        }
        self.log = log
        self.lines = lines
    }

    /// Answers requests from now on, until the process ends.
    public func start() {
        if startThread(niceness: 10, { self.serve() }) {
            log(.info, "metrics at \(socket.address), path \(Self.path)")
        } else {
            log(.error, "metrics: there can be no more threads; nobody is answered until a restart")
        }
    }

    /// Removes a unix socket, if it is still ours.
    public func removeFile() { socket.removeFile() }

    /// Runs libmicrohttpd on this thread, that it stands back for mail.
    private func serve() {
        var daemon = makeDaemon()
        if daemon == nil {
            log(.warning, "metrics: libmicrohttpd does not start; is no descriptor left? It is tried again")
        }
        while daemon == nil {
            sleep(1)
            daemon = makeDaemon()
        }
        while MHD_run_wait(daemon, -1) == .YES {
            // While no descriptor is left for a client it returns at once, again and again.
            usleep(1000)
        }
        log(.error, "metrics: libmicrohttpd has given up; nobody is answered until a restart")
    }

    private func makeDaemon() -> OpaquePointer? {
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
