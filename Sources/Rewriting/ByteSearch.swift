import CGNU
import CVectors
import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// The first `byte` at or after `start` and before `end`, or nil.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard start < end, let base = baseAddress else { return nil }
        guard let found = memchr(base + start, CInt(byte), end - start) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// The same, for a byte that is mostly near: a call costs more than a look at sixteen bytes.
    @inline(__always)
    func firstIndex(near byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard start &+ 16 <= end, let base = baseAddress else {
            return firstIndex(of: byte, from: start, to: end)
        }
        let bytes = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<UInt8>.self)
        if let lane = Self.firstLane(bytes .== SIMD16<UInt8>(repeating: byte)) { return start &+ lane }
        return firstIndex(of: byte, from: start &+ 16, to: end)
    }

    /// The lowest lane that is set.
    @inline(__always)
    static func firstLane(_ mask: SIMDMask<SIMD16<Int8>>) -> Int? {
        let bits = mask.bits
        return bits == 0 ? nil : bits.trailingZeroBitCount
    }

    /// The first `needle` that begins at or after `start` and ends before `end`, or nil.
    func firstIndex(of needle: StaticString, from start: Int, to end: Int) -> Int? {
        guard start < end, let base = baseAddress else { return nil }
        guard let found = memmem(base + start, end - start, needle.utf8Start, needle.utf8CodeUnitCount)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Whether all is ASCII without control characters (DEL counts as none).
    var isPlain: Bool {
        guard let base = baseAddress else { return true }
        var position = 0
        while position &+ 16 <= count {
            let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
            if Self.areNotPrintable(bytes).bits != 0 { return false }
            position &+= 16
        }
        while position < count {
            if self[position] &- 0x20 >= 0x60 { return false }
            position &+= 1
        }
        return true
    }

    /// Which bytes are control characters or not ASCII. One comparison for both: less 0x20, control characters come
    /// to lie above ASCII. The types are spelled out, since a literal picks comparisons that are made lane by lane, a
    /// hundred times slower (Swift 6.3).
    @inline(__always)
    static func areNotPrintable(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        (bytes &- SIMD16<UInt8>(repeating: 0x20)) .>= SIMD16<UInt8>(repeating: 0x60)
    }

    /// Whether the bytes of `range` are those of `other` in `otherRange`.
    func equals(_ range: ByteRange, _ other: Bytes, _ otherRange: ByteRange) -> Bool {
        guard range.count == otherRange.count, let base = baseAddress, let otherBase = other.baseAddress
        else {
            return range.isEmpty && otherRange.isEmpty
        }
        return memcmp(base + range.start, otherBase + otherRange.start, range.count) == 0
    }

    /// Whether the bytes of two stretches are the same without case.
    @inline(__always)
    func equals(_ one: ByteRange, _ other: ByteRange) -> Bool {
        guard one.count == other.count else { return false }
        for offset in 0..<one.count
        where ASCII.lowercased(self[one.start &+ offset]) != ASCII.lowercased(self[other.start &+ offset]) {
            return false
        }
        return true
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

extension [UInt8] {
    /// Becomes a copy of the bytes of `range` of `other`, unless it holds the same already.
    mutating func become(_ range: ByteRange, of other: [UInt8]) {
        let isSame = other.withUnsafeBufferPointer { bytes in
            withUnsafeBufferPointer { bytes.equals(range, $0, ByteRange(0, $0.count)) }
        }
        if !isSame { self = other.withUnsafeBufferPointer { $0.copy(range) } }
    }
}

extension SIMDMask<SIMD16<Int8>> {
    /// A bit for each lane that is set, the first lane's the lowest.
    @inline(__always)
    var bits: UInt64 { UInt64(bits_of_lanes(unsafeBitCast(self, to: SIMD16<Int8>.self))) }
}
