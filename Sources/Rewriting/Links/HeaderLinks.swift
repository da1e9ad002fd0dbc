extension LinkCollector {
    /// Takes the value of a `List-*` field (RFC 2369 section 2): URLs in angle brackets, white space in
    /// which means nothing; all else is comment.
    mutating func listHeader(_ value: Bytes, place: String) {
        var position = 0
        while let open = value.firstIndex(of: UInt8(ascii: "<"), from: position, to: value.count),
            let close = value.firstIndex(of: UInt8(ascii: ">"), from: open, to: value.count)
        {
            mentions(
                in: DecodedText(verbatim: ByteRange(position, open), of: value), place: place,
                reason: .notALink)
            var text = DecodedText(at: open + 1, capacity: close - open)
            for index in open + 1..<close {
                // The URL parser removes tabs, keeping the place of everything else.
                text.append(ASCII.isWhitespace(value[index]) ? 0x09 : value[index], from: index)
            }
            text.finish(at: close)
            url(text, place: place, escaping: .none)
            position = close + 1
        }
        mentions(
            in: DecodedText(verbatim: ByteRange(position, value.count), of: value), place: place,
            reason: .notALink)
    }

    /// Takes the value of a field whose links are left alone.
    mutating func otherHeader(_ value: Bytes, place: String) {
        mentions(in: EncodedWords.decode(value), place: place, reason: .notALinkPlace)
    }
}
