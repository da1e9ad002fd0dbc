import CMilter
import Configuration
import Glibc
import Testing

@testable import MilterService

@Suite struct ReadAheadTests {
    /// A connection: what is written to one end is read at the other.
    private final class Connection {
        let ends: [Int32]
        private var input: ReadAhead

        init() {
            var ends: [Int32] = [-1, -1]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
            self.ends = ends
            input = ReadAhead(of: ends[0])
        }

        deinit {
            input.free()
            for end in ends { close(end) }
        }

        func hasBytes() -> Bool { input.hasBytes() }

        func send(_ bytes: [UInt8]) { _ = write(ends[1], bytes, bytes.count) }

        func read(_ count: Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: count) { target, moved in
                moved = input.move(to: UnsafeMutableRawBufferPointer(target))
            }
        }
    }

    @Test func `what was read ahead is given out in its order`() {
        let connection = Connection()
        connection.send([1, 2, 3, 4, 5])
        #expect(connection.hasBytes())
        #expect(connection.read(2) == [1, 2] && connection.read(2) == [3, 4] && connection.read(2) == [5])
    }

    @Test func `more than is read ahead comes whole, and so does what came since`() {
        let connection = Connection()
        let long = (0..<3 * ReadAhead.capacity).map { UInt8(truncatingIfNeeded: $0 / 7) }
        connection.send(long)
        #expect(connection.hasBytes())
        connection.send([99])
        #expect(connection.read(5) == Array(long[..<5]))
        #expect(connection.read(long.count) == long[5...] + [99])
    }

    @Test func `where nothing is there, nobody waits`() {
        let connection = Connection()
        #expect(!connection.hasBytes() && connection.read(5).isEmpty)
        connection.send([1])
        #expect(connection.read(5).isEmpty && connection.hasBytes() && connection.read(5) == [1])
        #expect(!connection.hasBytes())
    }

    @Test func `a write waits by itself for a reader, and not for ever`() throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        let address = try #require(UnixAddress(path: temporaryFolder() + "/late.sock"))
        #expect(address.withPointer { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0)
        let reader = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(reader) }
        #expect(address.withPointer { connect(reader, $0, $1) } == 0)
        readAhead(onConnectionsOf: listener)
        let connection = acceptReadingAhead(listener, nil, nil)
        defer { _ = closeReadingAhead(connection) }

        let piece = [UInt8](repeating: 0, count: 65_536)
        while send(connection, piece, piece.count, Int32(MSG_DONTWAIT)) > 0 {}
        var asked = pollfd(fd: connection, events: Int16(POLLOUT), revents: 0)
        #expect(pollReadingAhead(&asked, 1, 0) == 1 && Int32(asked.revents) == POLLOUT)
        #expect(fcntl(connection, F_GETFL) & O_NONBLOCK == 0)
        var patience = timeval()
        var length = socklen_t(MemoryLayout<timeval>.size)
        getsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, &length)
        #expect(patience.tv_sec == 7210)
    }

    @Test func `the end of a connection is no bytes`() {
        let connection = Connection()
        connection.send([1])
        shutdown(connection.ends[1], Int32(SHUT_WR))
        #expect(connection.hasBytes() && connection.read(5) == [1])
        #expect(!connection.hasBytes() && connection.read(5).isEmpty)
    }
}
