/// Content-Transfer-Encodings as senders write them: lines of 76, CRLF.
enum Encoding: String, CaseIterable {
    case quotedPrintable = "quoted-printable"
    case base64
    case eightBit = "8bit"

    func encode(_ content: some Collection<UInt8>) -> [UInt8] {
        switch self {
        case .quotedPrintable: Encoding.quotedPrintable(content)
        case .base64: Encoding.base64(content)
        case .eightBit: Array(content)
        }
    }

    /// RFC 2045 section 6.7. The content's lines end in CRLF.
    private static func quotedPrintable(_ content: some Collection<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        var column = 0
        for byte in content {
            if byte == 0x0D || byte == 0x0A {
                output.append(byte)
                column = 0
                continue
            }
            let isLiteral = 0x20...0x7E ~= byte && byte != UInt8(ascii: "=")
            if column + (isLiteral ? 1 : 3) > 75 {
                output += Array("=\r\n".utf8)
                column = 0
            }
            output +=
                isLiteral ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            column += isLiteral ? 1 : 3
        }
        return output
    }

    /// RFC 2045 section 6.8.
    private static func base64(_ content: some Collection<UInt8>) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(content)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 57 * 78 + 80)
        var column = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var bits = 0
            for offset in 0..<3 { bits = bits << 8 | (offset < count ? Int(bytes[start + offset]) : 0) }
            for digit in 0..<4 {
                output.append(digit <= count ? alphabet[bits >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
            column += 4
            if column == 76 {
                output += [0x0D, 0x0A]
                column = 0
            }
        }
        if column > 0 { output += [0x0D, 0x0A] }
        return output
    }
}
