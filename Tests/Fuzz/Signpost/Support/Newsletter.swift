@testable import Rewriting

/// A newsletter composed out of choices: structure, types, charsets and encodings that random bytes would hardly
/// ever hit, with content glued from pieces of mail.
struct Newsletter {
    private var input: Input
    private var lineEnd = "\n"

    init(_ input: Input) { self.input = input }

    mutating func message() -> [UInt8] {
        lineEnd = input.choice(of: ["\n", "\r\n"])
        var message = Array("From: a@acme.example\(lineEnd)".utf8)
        for _ in 0..<input.choice(3) {
            message += Array(input.choice(of: Alphabet.fields).utf8) + glued(Alphabet.headers, atMost: 8)
            message += Array(lineEnd.utf8)
        }
        return message + entity(depth: 0)
    }

    // MARK: Structure

    private mutating func entity(depth: Int) -> [UInt8] {
        guard depth < 3, input.choice(3) == 0 else { return part() }
        let boundary =
            input.choice(of: ["b", "b=", "bb", "=_b", "b c", "click.acme.example"]) + String(depth)
        let type = input.choice(of: ["alternative", "mixed", "related", "digest", "signed", "report"])
        var entity = Array(
            "Content-Type: multipart/\(type); boundary=\"\(boundary)\"\(lineEnd)\(lineEnd)".utf8)
        if input.choice(4) == 0 { entity += glued(Alphabet.text, atMost: 3) + Array(lineEnd.utf8) }
        for _ in 0..<input.choice(4) {
            entity +=
                Array("--\(boundary)\(lineEnd)".utf8) + self.entity(depth: depth + 1) + Array(lineEnd.utf8)
        }
        if input.choice(4) != 0 { entity += Array("--\(boundary)--\(lineEnd)".utf8) }
        return entity
    }

    private mutating func part() -> [UInt8] {
        let type = input.choice(of: Alphabet.types)
        let charset = input.choice(of: Alphabet.charsets)
        let encoding = input.choice(of: Alphabet.encodings)
        let header =
            "Content-Type: \(type)" + (charset.isEmpty ? "" : "; charset=\(charset)") + lineEnd
            + (encoding.isEmpty ? "" : "Content-Transfer-Encoding: \(encoding)\(lineEnd)") + lineEnd
        let pieces = type.hasPrefix("text/plain") ? Alphabet.text : Alphabet.html + Alphabet.text
        let content = inCharset(glued(pieces, atMost: 60), charset)
        switch encoding {
        case "quoted-printable": return Array(header.utf8) + quotedPrintable(content)
        case "base64": return Array(header.utf8) + base64(content)
        default: return Array(header.utf8) + content
        }
    }

    /// Pieces in a row; now and then a byte that stands for itself, or many times the same piece.
    private mutating func glued(_ pieces: [String], atMost limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<input.choice(limit + 1) {
            let index = input.choice(pieces.count + 3)
            if index < pieces.count {
                bytes += Array(pieces[index].replacing("\n", with: lineEnd).utf8)
            } else if index == pieces.count {
                bytes.append(UInt8(input.choice(256)))
            } else {
                let piece = Array(input.choice(of: pieces).utf8)
                for _ in 0..<input.choice(100) { bytes += piece }
            }
        }
        return bytes
    }

    // MARK: Encodings

    private func inCharset(_ bytes: [UInt8], _ charset: String) -> [UInt8] {
        switch charset {
        case "utf-16": [0xFF, 0xFE] + WideUnits.widened(bytes, unit: 2, order: .little)
        case "utf-16le": WideUnits.widened(bytes, unit: 2, order: .little)
        case "utf-16be": WideUnits.widened(bytes, unit: 2, order: .big)
        case "utf-32": WideUnits.widened(bytes, unit: 4, order: .big)
        default: bytes
        }
    }

    private mutating func quotedPrintable(_ content: [UInt8]) -> [UInt8] {
        let width = input.choice(of: [75, 20, 7, 200, 990])
        let escapesMore = input.choice(of: [UInt8(ascii: "."), UInt8(ascii: "t"), 0])
        let digits = Array(input.choice(of: ["0123456789ABCDEF", "0123456789abcdef"]).utf8)
        let softBreak = Array(input.choice(of: ["=", "= ", "=\t "]).utf8) + Array(lineEnd.utf8)
        var result: [UInt8] = []
        var column = 0
        for byte in content {
            let isPlain =
                byte == 0x0A || byte == 0x0D || 0x20...0x7E ~= byte && byte != 0x3D && byte != escapesMore
            if byte == 0x0A { column = -1 }
            if column + (isPlain ? 1 : 3) > width, byte != 0x0D {
                result += softBreak
                column = 0
            }
            result += isPlain ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            column += isPlain ? 1 : 3
        }
        return result
    }

    private mutating func base64(_ content: [UInt8]) -> [UInt8] {
        let width = input.choice(of: [76, 4, 5, 61, 72, 998, 1200])
        var writer = Base64Writer(width: width, column: 0, lineEnd: Array(lineEnd.utf8))
        writer.write(content, isPadded: input.choice(4) != 0)
        return writer.output + Array(input.choice(of: [lineEnd, "", " ", lineEnd + lineEnd]).utf8)
    }
}
