import Glibc

/// What came on a connection and has not been asked for yet. One thread at a time.
struct ReadAhead {
    /// A header, or the beginning of a body; what is longer is read to where it is wanted, once it is asked for.
    static let capacity = 8 << 10

    private let descriptor: Int32
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    private var unread = 0..<0

    /// Nothing yet of the socket `descriptor`.
    init(of descriptor: Int32) { self.descriptor = descriptor }

    /// Gives the memory back.
    func free() { buffer.deallocate() }

    /// Whether there are bytes at this moment. There may be none because the connection has ended.
    mutating func hasBytes() -> Bool {
        if unread.isEmpty { unread = 0..<receive(into: buffer) }
        return !unread.isEmpty
    }

    /// Moves to `target` what was read ahead, and what came behind it since.
    ///
    /// - Returns: how many bytes; 0 where nothing was read ahead.
    mutating func move(to target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(unread.count, target.count)
        if count == 0 { return 0 }
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread].prefix(count)))
        unread = unread.dropFirst(count)
        return count + receive(into: UnsafeMutableRawBufferPointer(rebasing: target[count...]))
    }

    /// Reads what is there, and does not wait.
    private func receive(into target: UnsafeMutableRawBufferPointer) -> Int {
        target.isEmpty ? 0 : max(0, recv(descriptor, target.baseAddress, target.count, Int32(MSG_DONTWAIT)))
    }
}
