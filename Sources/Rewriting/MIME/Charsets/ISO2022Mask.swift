import Glibc

/// ISO-2022-JP (RFC 1468, 1554, 2237), -KR (RFC 1557) and -CN (RFC 1922): seven bits, and escape sequences and
/// shifts that say what they mean. Everything but ASCII (and JIS X 0201 Roman, which is as good) becomes 0xFF.
///
/// The RFCs want every line to end in ASCII. Where one does not, decoders keep an escape sequence's effect and
/// disagree about a shift's; so does this: the first stays in force, the second makes the text doubtful.
enum ISO2022Mask {
    enum Variant: Equatable {
        case japanese
        case korean
        case chinese
    }

    private enum Effect {
        case none
        case ascii
        case other
        /// The next bytes, this many, are of another set (ISO 2022, single shift).
        case singleShift(Int)
    }

    static func mask(_ decoded: Bytes, _ variant: Variant) -> CharsetView.Mask {
        guard let base = decoded.baseAddress else { return .none }
        let isPlain = [0x1B, 0x0E, 0x0F].allSatisfy { memchr(base, $0, decoded.count) == nil }
        if isPlain { return .none }
        var view = Array(decoded)
        var position = 0
        var isASCII = true
        var isShifted = false
        var isLineOver = false
        while position < decoded.count {
            let byte = decoded[position]
            switch byte {
            case 0x1B:
                let (length, effect) = escape(at: position, in: decoded, variant)
                let end = min(position + length, decoded.count)
                while position < end {
                    view[position] = 0xFF
                    position += 1
                }
                switch effect {
                case .none: break
                case .ascii: isASCII = true
                case .other: isASCII = false
                case .singleShift(let count):
                    let end = min(position + count, decoded.count)
                    while position < end, decoded[position] >= 0x20 {
                        view[position] = 0xFF
                        position += 1
                    }
                }
                continue
            case 0x0E, 0x0F:
                isShifted = byte == 0x0E
                isLineOver = false
                view[position] = 0xFF
            case 0x0A, 0x0D:
                isLineOver = isShifted
            case 0x21...0x7E:
                if isLineOver { return .doubtful }
                if isShifted || !isASCII { view[position] = 0xFF }
            default:
                break
            }
            position += 1
        }
        return .bytes(view)
    }

    /// The length and effect of the escape sequence at `position`. One that is not known is an ESC alone, as for
    /// the WHATWG decoder.
    private static func escape(at position: Int, in bytes: Bytes, _ variant: Variant) -> (Int, Effect) {
        let second = position + 1 < bytes.count ? bytes[position + 1] : 0
        let third = position + 2 < bytes.count ? bytes[position + 2] : 0
        let fourth = position + 3 < bytes.count ? bytes[position + 3] : 0
        switch (second, third) {
        case (UInt8(ascii: "("), UInt8(ascii: "B")), (UInt8(ascii: "("), UInt8(ascii: "J")):
            return (3, .ascii)
        case (UInt8(ascii: "("), UInt8(ascii: "I")):
            return (3, .other)
        case (UInt8(ascii: "$"), UInt8(ascii: "@")), (UInt8(ascii: "$"), UInt8(ascii: "A")),
            (UInt8(ascii: "$"), UInt8(ascii: "B")):
            return (3, .other)
        case (UInt8(ascii: "$"), UInt8(ascii: "(")) where 0x40...0x51 ~= fourth:
            return (4, .other)
        case (UInt8(ascii: "$"), UInt8(ascii: ")")) where 0x41...0x47 ~= fourth:
            return (4, .none)  // what SO will mean (-KR, -CN)
        case (UInt8(ascii: "$"), UInt8(ascii: "*")) where fourth == UInt8(ascii: "H"),
            (UInt8(ascii: "$"), UInt8(ascii: "+")) where 0x49...0x4D ~= fourth:
            return (4, .none)  // what SS2 and SS3 will mean (-CN)
        case (UInt8(ascii: "&"), UInt8(ascii: "@")), (UInt8(ascii: "."), UInt8(ascii: "A")),
            (UInt8(ascii: "."), UInt8(ascii: "F")):
            return (3, .none)
        case (UInt8(ascii: "N"), _) where variant != .korean:
            return (2, .singleShift(variant == .japanese ? 1 : 2))
        case (UInt8(ascii: "O"), _) where variant == .chinese:
            return (2, .singleShift(2))
        default:
            return (1, .none)
        }
    }
}
