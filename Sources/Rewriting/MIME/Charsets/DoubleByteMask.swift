/// The charsets whose second bytes may look like ASCII letters, digits or `\`. Lead bytes stay, trail bytes below
/// 0x80 become 0xFF. Sequences that are not valid end where the decoders of the WHATWG Encoding Standard end them:
/// an ASCII byte that cannot be a trail byte is itself again.
enum DoubleByteMask {
    /// How many bytes the sequence takes that starts with the byte at a position, which is 0x80 or above.
    typealias Length = (Bytes, Int) -> Int

    @inline(__always)
    static func mask(_ decoded: Bytes, length: Length) -> CharsetView.Mask {
        var position = firstHigh(in: decoded, from: 0)
        guard position < decoded.count else { return .none }
        var result = Array(decoded)
        var isMasked = false
        result.withUnsafeMutableBufferPointer { view in
            while position < decoded.count {
                let end = min(position &+ max(1, length(decoded, position)), decoded.count)
                position &+= 1
                while position < end {
                    if view[position] < 0x80 {
                        view[position] = 0xFF
                        isMasked = true
                    }
                    position &+= 1
                }
                position = firstHigh(in: decoded, from: position)
            }
        }
        return isMasked ? .bytes(result) : .none
    }

    /// The first byte from `start` on that is 0x80 or above.
    @inline(__always)
    private static func firstHigh(in bytes: Bytes, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var position = start
        while position &+ 8 <= bytes.count {
            let word = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
            let high = UInt64(littleEndian: word) & 0x8080_8080_8080_8080
            if high != 0 { return position &+ high.trailingZeroBitCount &>> 3 }
            position &+= 8
        }
        while position < bytes.count, bytes[position] < 0x80 { position &+= 1 }
        return position
    }

    /// WHATWG section 12.3.1; 0x80 and 0xA0 to 0xDF are characters of their own.
    @inline(__always)
    static func shiftJIS(_ bytes: Bytes, _ position: Int) -> Int {
        let lead = bytes[position]
        guard 0x81...0x9F ~= lead || 0xE0...0xFC ~= lead, position &+ 1 < bytes.count else { return 1 }
        let trail = bytes[position &+ 1]
        return 0x40...0x7E ~= trail || trail >= 0x80 ? 2 : 1
    }

    /// WHATWG section 10.2.1. The four-byte form has digits as its second and fourth byte; broken, all but its
    /// first byte are read again.
    @inline(__always)
    static func gb18030(_ bytes: Bytes, _ position: Int) -> Int {
        guard 0x81...0xFE ~= bytes[position], position &+ 1 < bytes.count else { return 1 }
        let second = bytes[position &+ 1]
        if ASCII.isDigit(second) {
            guard position &+ 3 < bytes.count, 0x81...0xFE ~= bytes[position &+ 2],
                ASCII.isDigit(bytes[position &+ 3])
            else { return 1 }
            return 4
        }
        return 0x40...0x7E ~= second || second >= 0x80 ? 2 : 1
    }

    /// WHATWG section 11.1.1.
    @inline(__always)
    static func big5(_ bytes: Bytes, _ position: Int) -> Int {
        guard 0x81...0xFE ~= bytes[position], position &+ 1 < bytes.count else { return 1 }
        let trail = bytes[position &+ 1]
        return 0x40...0x7E ~= trail || trail >= 0x80 ? 2 : 1
    }

    /// WHATWG section 13.1.1. Only letters are ASCII trail bytes, and only where Unified Hangul Code put the
    /// syllables that KS X 1001 has no room for: leads up to 0xC5, and 0xC6 up to R.
    @inline(__always)
    static func uhc(_ bytes: Bytes, _ position: Int) -> Int {
        let lead = bytes[position]
        guard 0x81...0xFE ~= lead, position &+ 1 < bytes.count else { return 1 }
        let trail = bytes[position &+ 1]
        if trail >= 0x80 { return 2 }
        return ASCII.isLetter(trail) && (lead <= 0xC5 || lead == 0xC6 && trail <= 0x52) ? 2 : 1
    }

    /// KS X 1001 annex 3, not a web encoding: Hangul with leads 0x84 to 0xD3, the rest with 0xD8 to 0xF9.
    @inline(__always)
    static func johab(_ bytes: Bytes, _ position: Int) -> Int {
        let lead = bytes[position]
        guard position &+ 1 < bytes.count else { return 1 }
        let trail = bytes[position &+ 1]
        if 0x84...0xD3 ~= lead { return 0x41...0x7E ~= trail || trail >= 0x80 ? 2 : 1 }
        if 0xD8...0xF9 ~= lead, lead != 0xDF { return 0x31...0x7E ~= trail || trail >= 0x80 ? 2 : 1 }
        return 1
    }
}
