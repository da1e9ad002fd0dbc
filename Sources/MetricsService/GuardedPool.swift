import FlyingSocks
import Glibc
import Synchronization

/// The pool in which FlyingFox's sockets wait, with what FlyingFox leaves open: our own listening socket, and limits
/// for its clients.
///
/// - A connection that waits is closed when it is a minute old, or has waited a hundred times. Prometheus connects again.
/// - Sixteen may wait at a time; the next is closed.
/// - FlyingFox bounds the size of no request, and takes time that grows with the square of a line's length. So only
///   this machine may connect (`metrics`), a TCP connection has a small receive buffer, and the threads that serve
///   stand back for those that have mail.
final class GuardedPool: AsyncSocketPool {
    static let lifetime = Duration.seconds(60)
    static let maximumWaiting = 16
    static let maximumWaits = 100
    static let receiveBuffer: Int32 = 4096
    private static let niceness: Int32 = 10

    private struct Connection {
        let end: ContinuousClock.Instant
        var waits = 0
    }
    private struct State {
        var isAdopted = false
        var waiting = 0
        /// By the inode of the socket, which is never that of another one at the same time; a descriptor's number is.
        var connections: [ino_t: Connection] = [:]
    }

    private let pool: any AsyncSocketPool
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter listener: the listening socket that is to take the place of FlyingFox's own.
    init(_ pool: any AsyncSocketPool, listener: Int32) {
        self.pool = pool
        self.listener = listener
    }

    func prepare() async throws { try await pool.prepare() }

    func run() async throws { try await pool.run() }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        // The calling thread's own on Linux (setpriority(2)). Swift's threads for tasks serve nothing else.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        let descriptor = socket.file.rawValue
        if isListening(descriptor) {
            try adopt(descriptor)
            return try await pool.suspendSocket(socket, untilReadyFor: events)
        }
        let end = try admit(descriptor)
        defer { state.withLock { $0.waiting -= 1 } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [pool] in try await pool.suspendSocket(socket, untilReadyFor: events) }
            group.addTask {
                try await Task.sleep(until: end, clock: .continuous)
                throw SocketError.disconnected
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The moment at which a connection ends. It counts as waiting from now on.
    private func admit(_ descriptor: Int32) throws -> ContinuousClock.Instant {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SocketError.disconnected }
        let now = ContinuousClock.now
        let admitted = state.withLock { state -> Connection? in
            state.connections = state.connections.filter { now < $0.value.end + Self.lifetime }
            var connection = state.connections[status.st_ino] ?? Connection(end: now + Self.lifetime)
            connection.waits += 1
            state.connections[status.st_ino] = connection
            guard state.waiting < Self.maximumWaiting, connection.waits <= Self.maximumWaits,
                now < connection.end
            else { return nil }
            state.waiting += 1
            return connection
        }
        guard let admitted else { throw SocketError.disconnected }
        return admitted.end
    }

    /// FlyingFox is about to wait for its first client: from now on its descriptor is our socket.
    private func adopt(_ descriptor: Int32) throws {
        let isFirst = state.withLock { state in
            defer { state.isAdopted = true }
            return !state.isAdopted
        }
        guard isFirst else { return }
        var size = Self.receiveBuffer  // accepted sockets inherit it
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        let flags = fcntl(listener, F_GETFL)
        guard fcntl(listener, F_SETFL, flags | O_NONBLOCK) == 0, dup2(listener, descriptor) >= 0
        else { throw SocketError.disconnected }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    private func isListening(_ descriptor: Int32) -> Bool {
        var listens: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens != 0
    }
}
