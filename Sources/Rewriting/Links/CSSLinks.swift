/// Finds the URLs of a style sheet or style attribute: `url(…)` and `@import "…"`, after the tokenizer of
/// CSS Syntax Level 3 (section 4). Comments and other strings are passed over.
struct CSSLinks {
    /// A URL with its escapes resolved, or a comment.
    enum Found {
        case url(DecodedText)
        case comment(ByteRange)
    }

    private let css: Bytes
    private let end: Int
    private var position: Int
    /// An `@import` was the last token: a string is a URL.
    private var isAfterImport = false

    init(_ css: Bytes, _ range: ByteRange) {
        self.css = css
        position = range.start
        end = range.end
    }

    mutating func next() -> Found? {
        while position < end {
            let byte = css[position]
            switch byte {
            case UInt8(ascii: "/") where position + 1 < end && css[position + 1] == UInt8(ascii: "*"):
                let start = position
                let close = css.firstIndex(of: "*/", from: position + 2, to: end)
                position = close.map { $0 + 2 } ?? end
                return .comment(ByteRange(start, position))
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let isURL = isAfterImport
                isAfterImport = false
                let text = string()
                if isURL { return .url(text) }
            case UInt8(ascii: "@"):
                position += 1
                isAfterImport = word().elementsEqual("import".utf8)
            case _ where startsWord(byte):
                let name = word()
                if position < end, css[position] == UInt8(ascii: "("), name.elementsEqual("url".utf8) {
                    position += 1
                    isAfterImport = false
                    if let url = urlFunction() { return .url(url) }
                } else {
                    isAfterImport = false
                }
            default:
                if !ASCII.isWhitespace(byte) { isAfterImport = false }
                position += 1
            }
        }
        return nil
    }

    private func startsWord(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte >= 0x80 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "\\")
    }

    /// An ident sequence (section 4.3.12) in lower case, escapes resolved.
    private mutating func word() -> [UInt8] {
        let start = position
        var hasEscape = false
        while position < end, startsWord(css[position]) {
            if css[position] == UInt8(ascii: "\\") {
                hasEscape = true
                position += 1
                if position < end { position += 1 }
            } else {
                position += 1
            }
            // A hexadecimal escape may be ended by one white space, which belongs to it.
            if hasEscape, position < end, css[position] == 0x20, endsHexEscape(at: position, from: start) {
                position += 1
            }
        }
        let range = ByteRange(start, position)
        guard range.count <= 64 else { return [] }  // no word that matters is as long
        let bytes = hasEscape ? CSSLinks.decode(range, of: css).bytes : css.copy(range)
        return bytes.map(ASCII.lowercased)
    }

    private func endsHexEscape(at stop: Int, from start: Int) -> Bool {
        var index = stop
        while index > start, stop - index < 6, ASCII.hexValue(css[index - 1]) != nil { index -= 1 }
        return index < stop && index > start && css[index - 1] == UInt8(ascii: "\\")
    }

    /// A string token (section 4.3.5); a bad string ends at its line's end.
    private mutating func string() -> DecodedText {
        let quote = css[position]
        position += 1
        let start = position
        while position < end, css[position] != quote {
            if css[position] == 0x0A { break }
            if css[position] == UInt8(ascii: "\\") {
                position += 1
                skipEscape()
            } else {
                position += 1
            }
        }
        position = min(position, end)
        let range = ByteRange(start, position)
        if position < end, css[position] == quote { position += 1 }
        return CSSLinks.decode(range, of: css)
    }

    /// What follows a backslash: one character, or up to six digits and the white space that may end them.
    private mutating func skipEscape() {
        let limit = min(end, position + 6)
        let start = position
        while position < limit, ASCII.hexValue(css[position]) != nil { position += 1 }
        guard position == start || position < end && ASCII.isWhitespace(css[position]) else { return }
        let isCRLF = position + 1 < end && css[position] == 0x0D && css[position + 1] == 0x0A
        position += isCRLF ? 2 : 1
    }

    /// What stands in `url(`: a string, or a URL without quotes (section 4.3.6).
    private mutating func urlFunction() -> DecodedText? {
        while position < end, ASCII.isWhitespace(css[position]) { position += 1 }
        guard position < end else { return nil }
        if css[position] == UInt8(ascii: "\"") || css[position] == UInt8(ascii: "'") { return string() }
        let start = position
        var stop = position
        while position < end, css[position] != UInt8(ascii: ")") {
            let byte = css[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "(")
                || isNotPrintable(byte)
            {
                return badURL()
            }
            if byte == UInt8(ascii: "\\") {
                guard position + 1 < end, css[position + 1] != 0x0A else { return badURL() }
                position += 1
                skipEscape()
                position = min(position, end)
                stop = position
                continue
            }
            position += 1
            if ASCII.isWhitespace(byte) {
                while position < end, ASCII.isWhitespace(css[position]) { position += 1 }
                if position < end, css[position] != UInt8(ascii: ")") { return badURL() }
            } else {
                stop = position
            }
        }
        if position < end { position += 1 }
        return CSSLinks.decode(ByteRange(start, stop), of: css)
    }

    /// "Non-printable code point" (section 4.2); a NUL is none, since it was replaced before.
    private func isNotPrintable(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0 && !ASCII.isWhitespace(byte) || byte == 0x7F
    }

    /// "Consume the remnants of a bad url" (section 4.3.14).
    private mutating func badURL() -> DecodedText? {
        while position < end, css[position] != UInt8(ascii: ")") {
            position += css[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, end)
        return nil
    }

    /// The text of `range` with its escapes resolved (section 4.3.7).
    static func decode(_ range: ByteRange, of css: Bytes) -> DecodedText {
        guard css.firstIndex(of: UInt8(ascii: "\\"), from: range.start, to: range.end) != nil else {
            return DecodedText(verbatim: range, of: css)
        }
        var text = DecodedText(at: range.start, capacity: range.count)
        var position = range.start
        while position < range.end {
            let start = position
            guard css[position] == UInt8(ascii: "\\"), position + 1 < range.end else {
                text.append(css[position], from: start)
                position += 1
                continue
            }
            position += 1
            var code: UInt32 = 0
            var digits = 0
            while digits < 6, position < range.end, let digit = ASCII.hexValue(css[position]) {
                code = code << 4 | UInt32(digit)
                digits += 1
                position += 1
            }
            if digits > 0 {
                if position < range.end, ASCII.isWhitespace(css[position]) {
                    let isCRLF =
                        css[position] == 0x0D && position + 1 < range.end && css[position + 1] == 0x0A
                    position += isCRLF ? 2 : 1
                }
                var characters: [UInt8] = []
                characters.append(codePoint: code == 0 ? 0xFFFD : code)
                text.append(characters, from: start)
            } else if css[position] == 0x0A {
                position += 1  // an escaped line end in a string is nothing
            } else if css[position] == 0x0D {
                position += position + 1 < range.end && css[position + 1] == 0x0A ? 2 : 1
            } else {
                text.append(css[position], from: start)
                position += 1
            }
        }
        text.finish(at: range.end)
        return text
    }
}

extension LinkCollector {
    /// Takes a style sheet, or a style attribute whose references are resolved.
    mutating func styleSheet(_ css: DecodedText, place: String, isAttribute: Bool) {
        css.bytes.withUnsafeBufferPointer { bytes in
            var links = CSSLinks(bytes, ByteRange(0, bytes.count))
            var position = 0
            while let found = links.next() {
                let range: ByteRange
                switch found {
                case .url(let text):
                    range = text.viewRange(of: ByteRange(0, text.bytes.count))
                    mentions(
                        in: css.slice(ByteRange(position, range.start)), place: place,
                        reason: .notALinkPlace)
                    url(
                        css.composed(with: text), place: place, escaping: isAttribute ? .htmlAndCSS : .css)
                case .comment(let comment):
                    range = comment
                    mentions(
                        in: css.slice(ByteRange(position, comment.start)), place: place,
                        reason: .notALinkPlace)
                    mentions(in: css.slice(comment), place: place, reason: .cssComment)
                }
                position = range.end
            }
            mentions(
                in: css.slice(ByteRange(position, bytes.count)), place: place, reason: .notALinkPlace)
        }
    }
}
