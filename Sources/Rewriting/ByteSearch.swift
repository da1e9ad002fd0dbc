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

    /// The first byte at or after `start` that is a control character, `%`, `&`, a backslash or not ASCII: all
    /// that a host name could be disguised with.
    @inline(__always)
    func firstUnusual(from start: Int) -> Int? {
        var position = start
        while position &+ 16 <= count, let base = baseAddress {
            let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
            // One comparison for both ends: less 0x20, control characters come to lie above ASCII. The types are
            // spelled out, since a literal picks comparisons that are made lane by lane, a hundred times slower
            // (Swift 6.3).
            let hits =
                ((bytes &- SIMD16<UInt8>(repeating: 0x20)) .>= SIMD16<UInt8>(repeating: 0x60))
                .| (bytes .== SIMD16<UInt8>(repeating: 0x25))
                .| (bytes .== SIMD16<UInt8>(repeating: 0x26))
                .| (bytes .== SIMD16<UInt8>(repeating: 0x5C))
            // A mask is 0 or -1 in each lane.
            let words = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
            if words[0] != 0 { return position &+ words[0].littleEndian.trailingZeroBitCount &>> 3 }
            if words[1] != 0 { return position &+ 8 &+ words[1].littleEndian.trailingZeroBitCount &>> 3 }
            position &+= 16
        }
        while position < count {
            let byte = self[position]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&")
                || byte == UInt8(ascii: "\\")
            {
                return position
            }
            position &+= 1
        }
        return nil
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
