import Glibc

/// HZ (RFC 1843): GB 2312 in seven bits between `~{` and `~}`. A line's end leaves that mode.
enum HZMask {
    static func mask(_ decoded: Bytes) -> CharsetView.Mask {
        guard let base = decoded.baseAddress, memchr(base, 0x7E, decoded.count) != nil else { return .none }
        var view = Array(decoded)
        walk(decoded) { position, meaning in
            if meaning != .ascii { view[position] = 0xFF }
        }
        return .bytes(view)
    }

    /// A literal `~` is written twice.
    static func encode(_ ascii: [UInt8]) -> [UInt8] {
        guard ascii.contains(0x7E) else { return ascii }
        return ascii.flatMap { $0 == 0x7E ? [0x7E, 0x7E] : [$0] }
    }

    /// The same text with its top bits set, as in EUC-CN, which iconv knows.
    static func highBytes(_ bytes: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        walk(bytes) { position, meaning in
            switch meaning {
            case .ascii: result.append(bytes[position])
            case .chinese: result.append(bytes[position] | 0x80)
            case .control: break
            }
        }
        return result
    }

    private enum Meaning {
        case ascii
        case chinese
        /// Part of the encoding, not of the text.
        case control
    }

    private static func walk(_ bytes: Bytes, _ visit: (Int, Meaning) -> Void) {
        var isChinese = false
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let next = position + 1 < bytes.count ? bytes[position + 1] : 0
            switch (byte, next) {
            case (0x7E, UInt8(ascii: "{")) where !isChinese, (0x7E, UInt8(ascii: "}")) where isChinese:
                isChinese.toggle()
                visit(position, .control)
                visit(position + 1, .control)
                position += 1
            case (0x7E, 0x0A) where !isChinese:  // a line that goes on
                visit(position, .control)
                visit(position + 1, .control)
                position += 1
            case (0x7E, 0x7E) where !isChinese:
                visit(position, .control)
                visit(position + 1, .ascii)
                position += 1
            case (0x0A, _):
                isChinese = false
                visit(position, .ascii)
            case (0x21...0x7E, _) where isChinese:
                visit(position, .chinese)
            default:
                visit(position, .ascii)
            }
            position += 1
        }
    }
}
