import Configuration
import Filtering
import Glibc
import Synchronization

/// Serves metrics to Prometheus: `GET /metrics` over HTTP. Mail never waits for it.
///
/// One request per connection, on a thread of its own. Not with FlyingFox or another server on Swift's tasks: those run
/// on libdispatch, which ends the whole process when there is no file descriptor left for a look into /proc.
public final class MetricsServer: Sendable {
    private static let maximumClients = 16
    /// Of a request's head, in bytes. Prometheus sends some 300.
    private static let maximumHead = 8192
    /// In seconds: for a whole request, and then for its client to take the answer.
    private static let patience = 5

    private let socket: ListeningSocket
    private let log: LogSink
    private let lines: @Sendable () -> [String]
    private let clients = Atomic<Int>(0)

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
        if startThread(niceness: 10, { self.accept() }) {
            log(.info, "metrics at \(socket.address), path \(HTTPRequest.path)")
        } else {
            log(.error, "metrics: there can be no more threads; nobody is answered until a restart")
        }
    }

    /// Removes a unix socket, if it is still ours.
    public func removeFile() { socket.removeFile() }

    private func accept() {
        while true {
            let client = Glibc.accept(socket.descriptor, nil, nil)
            guard client >= 0 else {
                // Out of descriptors, perhaps: that passes, and spinning does not help.
                if errno != EINTR, errno != ECONNABORTED { usleep(100_000) }
                continue
            }
            let number = clients.add(1, ordering: .relaxed).newValue
            if number > Self.maximumClients || !startThread(niceness: 10, { self.serve(client) }) {
                end(client)
            }
        }
    }

    private func serve(_ client: Int32) {
        defer { end(client) }
        let deadline = ContinuousClock.now + .seconds(Self.patience)
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard let request = readRequest(client, until: deadline) else { return }
        sendAll(request.response { lines().joined(separator: "\n") + "\n" }, to: client)
        // What is unread at close(2) makes TCP throw the answer away (RFC 9112 section 9.6).
        shutdown(client, Int32(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: Self.maximumHead)
        for _ in 0..<16 where recv(client, &rest, rest.count, 0) <= 0 { break }
    }

    /// The head of a request; nil where none comes in time.
    private func readRequest(_ client: Int32, until deadline: ContinuousClock.Instant) -> HTTPRequest? {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while ContinuousClock.now < deadline {
            let count = recv(client, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return nil }
            head += buffer[..<count]
            if Self.isComplete(head) { return HTTPRequest(head: head) }
            if head.count > Self.maximumHead { return HTTPRequest(head: nil) }
        }
        return nil
    }

    /// Whether an empty line is in it, with LF alone as well (RFC 9112 section 2.2).
    private static func isComplete(_ head: [UInt8]) -> Bool {
        head.firstRange(of: Array("\r\n\r\n".utf8)) != nil || head.firstRange(of: Array("\n\n".utf8)) != nil
    }

    private func end(_ client: Int32) {
        close(client)
        clients.subtract(1, ordering: .relaxed)
    }
}
