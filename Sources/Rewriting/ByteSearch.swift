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
        while position &+ 8 <= count, let base = baseAddress {
            // SIMD16's comparisons are 15 times slower than this (Swift 6.3): they are made lane by lane.
            let word = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self).littleEndian
            let percent = word ^ 0x2525_2525_2525_2525
            let ampersand = word ^ 0x2626_2626_2626_2626
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let ones: UInt64 = 0x0101_0101_0101_0101
            // The top bit of a byte is set where it hits; bits above the lowest such mean nothing.
            let hits =
                word | (word &- ones &<< 5) & ~word | (percent &- ones) & ~percent
                | (ampersand &- ones) & ~ampersand | (backslash &- ones) & ~backslash
            let tops = hits & 0x8080_8080_8080_8080
            if tops != 0 { return position &+ tops.trailingZeroBitCount &>> 3 }
            position &+= 8
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
