/// The URL in `<meta http-equiv=refresh content=…>` (WHATWG HTML, section 4.2.5.3, "shared declarative
/// refresh steps").
enum MetaRefreshLinks {
    /// Where the URL stands in the value of `content`, nil where there is none.
    static func url(in value: [UInt8]) -> ByteRange? {
        var position = 0
        func skipWhitespace() {
            while position < value.count, ASCII.isWhitespace(value[position]) { position += 1 }
        }
        skipWhitespace()
        let time = position
        while position < value.count, ASCII.isDigit(value[position]) || value[position] == UInt8(ascii: ".") {
            position += 1
        }
        if position == time { return nil }
        guard position < value.count else { return nil }
        let separator = value[position]
        guard
            separator == UInt8(ascii: ";") || separator == UInt8(ascii: ",") || ASCII.isWhitespace(separator)
        else { return nil }
        skipWhitespace()
        if position < value.count,
            value[position] == UInt8(ascii: ";") || value[position] == UInt8(ascii: ",")
        {
            position += 1
        }
        skipWhitespace()
        let hasName = value.withUnsafeBufferPointer { $0.hasPrefix("url", at: position) }
        if hasName {
            let start = position
            position += 3
            skipWhitespace()
            if position < value.count, value[position] == UInt8(ascii: "=") {
                position += 1
                skipWhitespace()
            } else {
                position = start  // the URL itself begins with "url"
            }
        }
        guard position < value.count else { return nil }
        let quote = value[position]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            position += 1
            let close = value[position...].firstIndex(of: quote) ?? value.count
            return ByteRange(position, close)
        }
        return ByteRange(position, value.count)
    }
}
