import Configuration
import Filtering
import FlyingFox
import FlyingSocks
import Foundation
import Glibc
import MilterService

/// Serves metrics to Prometheus: `GET /metrics` over HTTP, in its text format 0.0.4. Mail never waits for it.
public final class MetricsServer: Sendable {
    private static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// The time from one failure (such as no descriptor left for a client) to the next attempt.
    private static let pause = Duration.seconds(1)

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
        log(.info, "metrics at \(socket.address), path /metrics")
        Task { await serve() }
    }

    /// Removes a unix socket, if it is still ours.
    public func removeFile() { socket.removeFile() }

    private func serve() async {
        var lastProblem = ""
        while true {
            let server = HTTPServer(
                config: .init(
                    address: NoAddress(), timeout: 10, sharedRequestReplaySize: 4096,
                    pool: GuardedPool(HTTPServer.defaultPool(), listener: socket.descriptor),
                    logger: .disabled))
            await server.appendRoute("GET,HEAD /metrics") { [lines] request in
                let text = request.method == .HEAD ? "" : lines().joined(separator: "\n") + "\n"
                return HTTPResponse(
                    statusCode: .ok, headers: [.contentType: Self.contentType], body: Data(text.utf8))
            }
            do {
                try await server.run()
            } catch {
                let problem = "\(error)"
                if problem != lastProblem { log(.warning, "metrics: \(problem); trying again") }
                lastProblem = problem
            }
            try? await Task.sleep(for: Self.pause)
        }
    }
}

/// The address of a socket that nobody will look for: FlyingFox opens one itself, and ``GuardedPool`` puts ours in its
/// place. Of the family alone, which has Linux choose an abstract name (unix(7), "autobind").
private struct NoAddress: SocketAddress {
    static let family = sa_family_t(AF_UNIX)

    func withSockAddr<R, E: Error>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(E) -> R
    ) throws(E) -> R {
        var address = sockaddr(sa_family: Self.family, sa_data: sockaddr().sa_data)
        return try body(&address, socklen_t(MemoryLayout<sa_family_t>.size))
    }
}
