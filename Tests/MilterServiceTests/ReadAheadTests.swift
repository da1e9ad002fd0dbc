import CMilter
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

    @Test func `the end of a connection is no bytes`() {
        let connection = Connection()
        connection.send([1])
        shutdown(connection.ends[1], Int32(SHUT_WR))
        #expect(connection.hasBytes() && connection.read(5) == [1])
        #expect(!connection.hasBytes() && connection.read(5).isEmpty)
    }
}
