import Glibc

/// UTF-7 (RFC 2152): ASCII, and UTF-16 in base64 between `+` and `-`. Such a run becomes 0xFF. A run that hides
/// markup, or that is not well formed, makes the whole text doubtful: it has been the classic way past filters.
enum UTF7Mask {
    static func mask(_ decoded: Bytes) -> CharsetView.Mask {
        guard let base = decoded.baseAddress, memchr(base, 0x2B, decoded.count) != nil else { return .none }
        var view = Array(decoded)
        var position = 0
        while position < decoded.count {
            guard decoded[position] == UInt8(ascii: "+") else {
                position += 1
                continue
            }
            if position + 1 < decoded.count, decoded[position + 1] == UInt8(ascii: "-") {
                view[position + 1] = 0xFF  // "+-" is "+"
                position += 2
                continue
            }
            guard let end = endOfRun(from: position + 1, in: decoded) else { return .doubtful }
            for index in position..<end { view[index] = 0xFF }
            position = end
        }
        return .bytes(view)
    }

    /// RFC 2152 lets all but `+`, `\` and `~` stand for themselves.
    static func encode(_ ascii: [UInt8]) -> [UInt8] {
        ascii.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "+"): Array("+-".utf8)
            case UInt8(ascii: "\\"): Array("+AFw-".utf8)
            case UInt8(ascii: "~"): Array("+AH4-".utf8)
            default: [byte]
            }
        }
    }

    /// One past the run whose first digit is at `start`, its `-` included; nil if it should not be trusted.
    private static func endOfRun(from start: Int, in bytes: Bytes) -> Int? {
        var position = start
        var bits: UInt32 = 0
        var bitCount = 0
        while position < bytes.count, let value = digit(bytes[position]) {
            bits = bits << 6 | value
            bitCount += 6
            if bitCount >= 16 {
                bitCount -= 16
                let unit = bits >> UInt32(bitCount) & 0xFFFF
                bits &= 1 << UInt32(bitCount) - 1
                guard isHarmless(unit) else { return nil }
            }
            position += 1
        }
        // What is left over has to be less than a digit, and zero.
        guard position > start, bitCount < 6, bits == 0 else { return nil }
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        return position
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte) - 0x41
        case 0x61...0x7A: UInt32(byte) - 0x61 + 26
        case 0x30...0x39: UInt32(byte) - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// Punctuation that cautious writers hide and that changes neither markup nor where a link leads.
    private static func isHarmless(_ unit: UInt32) -> Bool {
        guard let byte = UInt8(exactly: unit), byte < 0x80 else { return true }
        return "!#$%*;[]^_{|}~+".utf8.contains(byte)
    }
}
