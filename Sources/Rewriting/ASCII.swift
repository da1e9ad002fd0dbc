/// Byte classes that mail, HTML and URLs share.
enum ASCII {
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

    /// ASCII white space of the WHATWG Infra Standard: TAB, LF, FF, CR, SPACE.
    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool {
        isOne(of: whitespace, byte)
    }

    /// TAB, LF, FF, CR, SPACE as a set for ``isOne(of:_:)``.
    static let whitespace: UInt64 = 1 << 0x09 | 1 << 0x0A | 1 << 0x0C | 1 << 0x0D | 1 << 0x20

    /// Whether `byte` is in a set of bytes below 64, which has a bit for each: one comparison for all of them.
    @inline(__always)
    static func isOne(of set: UInt64, _ byte: UInt8) -> Bool {
        byte < 64 && set &>> UInt64(byte) & 1 == 1
    }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }
}
