import Glibc

/// Bytes that grow by `realloc(3)`, which moves large blocks without copying them (mremap(2)), as an array can't.
final class ByteBuffer {
    private var start: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0

    deinit { free(start) }

    /// Everything so far.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Adds bytes at the end; false where there is no memory for them.
    func append(_ more: UnsafeRawBufferPointer) -> Bool {
        guard let source = more.baseAddress, more.count > 0 else { return true }
        if count + more.count > capacity {
            let larger = max(2 * capacity, count + more.count)
            guard let moved = realloc(start, larger) else { return false }
            (start, capacity) = (moved, larger)
        }
        guard let start else { return false }
        memcpy(start + count, source, more.count)
        count += more.count
        return true
    }
}
