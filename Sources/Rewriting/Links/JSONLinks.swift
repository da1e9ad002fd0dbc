/// Finds the string values of a JSON text (RFC 8259 section 7). Not a parser: broken JSON gives what
/// strings can be told apart.
struct JSONLinks {
    /// A string with its escapes resolved.
    struct Found {
        var text: DecodedText
        /// A member's name rather than a value.
        var isName: Bool
    }

    private let json: Bytes
    private let end: Int
    private var position: Int

    init(_ json: Bytes, _ range: ByteRange) {
        self.json = json
        position = range.start
        end = range.end
    }

    mutating func next() -> Found? {
        guard let quote = json.firstIndex(of: UInt8(ascii: "\""), from: position, to: end) else { return nil }
        let start = quote + 1
        var stop = start
        while stop < end, json[stop] != UInt8(ascii: "\"") {
            stop += json[stop] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard stop < end else {
            position = end
            return nil
        }
        position = stop + 1
        var next = position
        while next < end, ASCII.isWhitespace(json[next]) { next += 1 }
        let isName = next < end && json[next] == UInt8(ascii: ":")
        return Found(text: JSONLinks.decode(ByteRange(start, stop), of: json), isName: isName)
    }

    /// The text of `range` with its escapes resolved.
    static func decode(_ range: ByteRange, of json: Bytes) -> DecodedText {
        guard json.firstIndex(of: UInt8(ascii: "\\"), from: range.start, to: range.end) != nil else {
            return DecodedText(verbatim: range, of: json)
        }
        var text = DecodedText(at: range.start, capacity: range.count)
        var position = range.start
        while position < range.end {
            let start = position
            guard json[position] == UInt8(ascii: "\\"), position + 1 < range.end else {
                text.append(json[position], from: start)
                position += 1
                continue
            }
            let escape = json[position + 1]
            position += 2
            switch escape {
            case UInt8(ascii: "n"): text.append(0x0A, from: start)
            case UInt8(ascii: "r"): text.append(0x0D, from: start)
            case UInt8(ascii: "t"): text.append(0x09, from: start)
            case UInt8(ascii: "b"): text.append(0x08, from: start)
            case UInt8(ascii: "f"): text.append(0x0C, from: start)
            case UInt8(ascii: "u"):
                guard var code = codeUnit(json, at: position, to: range.end) else {
                    text.append(escape, from: start)
                    continue
                }
                position += 4
                if (0xD800...0xDBFF).contains(code), position + 6 <= range.end,
                    json[position] == UInt8(ascii: "\\"), json[position + 1] == UInt8(ascii: "u"),
                    let low = codeUnit(json, at: position + 2, to: range.end), (0xDC00...0xDFFF).contains(low)
                {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                    position += 6
                }
                var characters: [UInt8] = []
                characters.append(codePoint: code)
                text.append(characters, from: start)
            default: text.append(escape, from: start)
            }
        }
        text.finish(at: range.end)
        return text
    }

    private static func codeUnit(_ json: Bytes, at start: Int, to end: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var code: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = ASCII.hexValue(json[index]) else { return nil }
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}

extension LinkCollector {
    /// Takes the content of `<script type="application/ld+json">`.
    mutating func json(_ view: Bytes, _ range: ByteRange, place: String) {
        spelling = view
        defer { spelling = nil }
        var links = JSONLinks(view, range)
        var position = range.start
        while let found = links.next() {
            let text = found.text.viewRange(of: ByteRange(0, found.text.bytes.count))
            mentions(
                in: DecodedText(verbatim: ByteRange(position, text.start), of: view), place: place,
                reason: .script)
            position = text.end
            if found.isName {
                mentions(in: found.text, place: place, reason: .notALinkPlace)
            } else if WebURL(found.text.bytes) != nil {
                url(found.text, place: place, escaping: .none)
            } else {
                runningText(found.text, place: place, escaping: .none)
            }
        }
        mentions(
            in: DecodedText(verbatim: ByteRange(position, range.end), of: view), place: place,
            reason: .script)
    }
}
