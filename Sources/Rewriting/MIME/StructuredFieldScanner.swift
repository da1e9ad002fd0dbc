/// Reads `value; name=value; …` fields such as Content-Type: comments dropped (RFC 822 section 3.4.3),
/// quoted strings resolved.
struct StructuredFieldScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The text up to `end` or the end of the field, without comments and surrounding white space.
    /// `end` itself is not consumed.
    mutating func readUnquoted(until end: UInt8) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        while position < bytes.count, bytes[position] != end {
            if bytes[position] == UInt8(ascii: "(") {
                skipComment()
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        return StructuredFieldScanner.trimmed(text)
    }

    /// The next `; name=value`, names in lower case. Malformed ones are skipped.
    mutating func readParameter() -> (name: [UInt8], value: [UInt8])? {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: ";") else {
                position += 1
                continue
            }
            position += 1
            let name = readName()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { continue }
            position += 1
            skipWhitespaceAndComments()
            let value =
                position < bytes.count && bytes[position] == UInt8(ascii: "\"")
                ? readQuoted() : readUnquoted(until: UInt8(ascii: ";"))
            return (name, value)
        }
        return nil
    }

    private mutating func readName() -> [UInt8] {
        var name: [UInt8] = []
        name.reserveCapacity(32)
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ";") { break }
            if byte == UInt8(ascii: "(") {
                skipComment()
                continue
            }
            name.append(ASCII.lowercased(byte))
            position += 1
        }
        return StructuredFieldScanner.trimmed(name)
    }

    private mutating func readQuoted() -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(64)
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            value.append(bytes[position])
            position += 1
        }
        position += 1
        return value
    }

    private mutating func skipWhitespaceAndComments() {
        while position < bytes.count {
            if ASCII.isWhitespace(bytes[position]) {
                position += 1
            } else if bytes[position] == UInt8(ascii: "(") {
                skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 1
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
        position = min(position, bytes.count)
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        guard let first = text.firstIndex(where: { !ASCII.isWhitespace($0) }),
            let last = text.lastIndex(where: { !ASCII.isWhitespace($0) })
        else { return [] }
        return first == 0 && last == text.count - 1 ? text : Array(text[first...last])
    }
}
