/// Reading quoted-printable (RFC 2045 section 6.7) as tolerantly as mail readers do: lower-case digits are
/// digits, white space behind a soft break's `=` and before any line end goes away, and an `=` that starts
/// neither an escape nor a soft break stands for itself.
enum QuotedPrintable {
    /// What stands at an `=`.
    enum Escape: Equatable {
        /// `=XX`: one byte, three characters long.
        case byte(UInt8)
        /// A soft line break; the line goes on at the position given.
        case softBreak(end: Int)
        /// Neither: the `=` is text.
        case literal
    }

    /// Reads what the `=` at `position` starts.
    @inline(__always)
    static func escape(at position: Int, in raw: Bytes) -> Escape {
        if position &+ 2 < raw.count {
            let (first, second) = (raw[position &+ 1], raw[position &+ 2])
            if first == 0x0D, second == 0x0A { return .softBreak(end: position &+ 3) }
            let (high, low) = (hexValue(first), hexValue(second))
            if high | low < 16 { return .byte(high &<< 4 | low) }
        }
        return softBreak(at: position, in: raw).map { .softBreak(end: $0) } ?? .literal
    }

    /// The value of a hexadecimal digit, more than 15 where it is none. Without a branch, as digits come at random.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8 {
        let digit = byte &- 0x30
        let letter = (byte | 0x20) &- 0x61
        return digit < 10 ? digit : letter < 6 ? letter &+ 10 : 0xFF
    }

    /// Where the line goes on, if a soft break starts at the `=` at `position`.
    @inline(__always)
    static func softBreak(at position: Int, in raw: Bytes) -> Int? {
        var next = position &+ 1
        while next < raw.count, raw[next] == 0x20 || raw[next] == 0x09 { next &+= 1 }
        guard next < raw.count else { return next }
        if raw[next] == 0x0A { return next &+ 1 }
        if raw[next] == 0x0D, next &+ 1 < raw.count, raw[next &+ 1] == 0x0A { return next &+ 2 }
        return nil
    }

    /// How many spaces and tabs stand right before `position`.
    static func whiteSpace(before position: Int, in raw: Bytes) -> Int {
        var start = position
        while start > 0, raw[start &- 1] == 0x20 || raw[start &- 1] == 0x09 { start &-= 1 }
        return position &- start
    }

    /// Which of sixteen bytes are '=' or LF. For the types see `areNotPrintable(_:)`.
    @inline(__always)
    static func special(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        (bytes .== SIMD16<UInt8>(repeating: 0x3D)) .| (bytes .== SIMD16<UInt8>(repeating: 0x0A))
    }
}
