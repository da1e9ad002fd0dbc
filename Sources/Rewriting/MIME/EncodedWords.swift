/// Reads encoded words (RFC 2047), so that the account sees what they say.
enum EncodedWords {
    /// The value with its encoded words decoded; bytes that are not ASCII stay in their charset.
    static func decode(_ value: Bytes) -> DecodedText {
        guard value.firstIndex(of: "=?", from: 0, to: value.count) != nil else {
            return DecodedText(verbatim: ByteRange(0, value.count), of: value)
        }
        // Behind the last `?=` no word ends; looking for it from each `=?` anew would be quadratic.
        let last =
            value.indices.dropLast()
            .last { value[$0] == UInt8(ascii: "?") && value[$0 + 1] == UInt8(ascii: "=") } ?? 0
        var text = DecodedText(at: 0, capacity: value.count)
        var position = 0
        while position < value.count {
            guard value[position] == UInt8(ascii: "="), position < last, let word = word(value, at: position)
            else {
                text.append(value[position], from: position)
                position += 1
                continue
            }
            text.append(word.bytes, from: position)
            position = word.end
            // White space between two of them is only there to divide them (section 6.2).
            var next = position
            while next < last, ASCII.isWhitespace(value[next]) { next += 1 }
            if next > position, next < last, EncodedWords.word(value, at: next) != nil { position = next }
        }
        text.finish(at: value.count)
        return text
    }

    /// `=?charset?encoding?text?=` at `start`.
    private static func word(_ value: Bytes, at start: Int) -> (bytes: [UInt8], end: Int)? {
        guard start + 1 < value.count, value[start] == UInt8(ascii: "="),
            value[start + 1] == UInt8(ascii: "?"),
            let charsetEnd = value.firstIndex(of: UInt8(ascii: "?"), from: start + 2, to: value.count),
            charsetEnd + 2 < value.count, value[charsetEnd + 2] == UInt8(ascii: "?")
        else { return nil }
        // Before its end is looked for: what is no word is not behind its end then, and would be looked through again.
        let encoding = ASCII.lowercased(value[charsetEnd + 1])
        guard encoding == UInt8(ascii: "q") || encoding == UInt8(ascii: "b"),
            let end = value.firstIndex(of: "?=", from: charsetEnd + 3, to: value.count)
        else { return nil }
        let text = ByteRange(charsetEnd + 3, end)
        if encoding == UInt8(ascii: "q") { return (decodeQ(value, text), end + 2) }
        let content = DecodedContent(raw: Bytes(rebasing: value[text.start..<text.end]), encoding: .base64)
        return (content.withBytes(Array.init), end + 2)
    }

    /// The "Q" encoding (section 4.2).
    private static func decodeQ(_ value: Bytes, _ range: ByteRange) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var position = range.start
        while position < range.end {
            let byte = value[position]
            if byte == UInt8(ascii: "="), position + 2 < range.end,
                let high = ASCII.hexValue(value[position + 1]), let low = ASCII.hexValue(value[position + 2])
            {
                decoded.append(high << 4 | low)
                position += 3
            } else {
                decoded.append(byte == UInt8(ascii: "_") ? 0x20 : byte)
                position += 1
            }
        }
        return decoded
    }
}
