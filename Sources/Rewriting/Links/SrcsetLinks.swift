/// The image candidates of a `srcset` or `imagesrcset` attribute (WHATWG HTML, section 4.8.4.2.2,
/// "parse a srcset attribute").
enum SrcsetLinks {
    /// Where the candidates' URLs stand in the attribute's value.
    static func urls(in value: [UInt8]) -> [ByteRange] {
        var urls: [ByteRange] = []
        var position = 0
        while true {
            while position < value.count, ASCII.isWhitespace(value[position]) || isComma(value[position]) {
                position += 1
            }
            if position >= value.count { return urls }
            let start = position
            while position < value.count, !ASCII.isWhitespace(value[position]) { position += 1 }
            var end = position
            if isComma(value[end - 1]) {
                while end > start, isComma(value[end - 1]) { end -= 1 }
            } else {
                position = endOfDescriptors(in: value, from: position)
            }
            if start < end { urls.append(ByteRange(start, end)) }
        }
    }

    private static func endOfDescriptors(in value: [UInt8], from start: Int) -> Int {
        var position = start
        var isInParentheses = false
        while position < value.count {
            switch value[position] {
            case UInt8(ascii: "("): isInParentheses = true
            case UInt8(ascii: ")"): isInParentheses = false
            case UInt8(ascii: ",") where !isInParentheses: return position + 1
            default: break
            }
            position += 1
        }
        return position
    }

    private static func isComma(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") }
}
