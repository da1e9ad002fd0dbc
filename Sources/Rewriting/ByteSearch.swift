import CGNU
import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// The first `byte` at or after `start` and before `end`, or nil.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard start < end, let base = baseAddress else { return nil }
        guard let found = memchr(base + start, CInt(byte), end - start) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// The first `needle` that begins at or after `start` and ends before `end`, or nil.
    func firstIndex(of needle: StaticString, from start: Int, to end: Int) -> Int? {
        guard start < end, let base = baseAddress else { return nil }
        guard let found = memmem(base + start, end - start, needle.utf8Start, needle.utf8CodeUnitCount)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Whether the bytes of `range` are those of `lowercase`, compared without case.
    @inline(__always)
    func equals(_ lowercase: StaticString, in range: ByteRange) -> Bool {
        range.count == lowercase.utf8CodeUnitCount && hasPrefix(lowercase, at: range.start)
    }

    /// Whether `lowercase` stands at `start`, compared without case.
    @inline(__always)
    func hasPrefix(_ lowercase: StaticString, at start: Int) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        guard start >= 0, start + length <= count else { return false }
        let expected = lowercase.utf8Start
        for offset in 0..<length where ASCII.lowercased(self[start + offset]) != expected[offset] {
            return false
        }
        return true
    }

    /// A copy of the bytes of `range`.
    func copy(_ range: ByteRange) -> [UInt8] {
        range.isEmpty ? [] : Array(self[range.start..<range.end])
    }
}
