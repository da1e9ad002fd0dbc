/// A half-open stretch of bytes in some buffer. A plain pair of integers, so that it outlives the
/// buffer, is Sendable and can be compared in tests.
public struct ByteRange: Hashable, Sendable {
    /// The first byte.
    public var start: Int
    /// One past the last byte.
    public var end: Int

    /// The bytes from `start` up to, not including, `end`.
    @inlinable
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    /// How many bytes it holds.
    @inlinable
    public var count: Int { end - start }

    /// Moves it forward by `distance` bytes.
    mutating func shift(by distance: Int) {
        start += distance
        end += distance
    }

    /// Whether it holds none.
    @inlinable
    public var isEmpty: Bool { end <= start }
}
