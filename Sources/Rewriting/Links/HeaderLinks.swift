extension LinkCollector {
    /// Takes the value of a `List-*` field (RFC 2369 section 2): URLs in angle brackets, white space in
    /// which means nothing; all else is comment.
    mutating func listHeader(_ value: Bytes, place: String) {
        var position = 0
        while let open = value.firstIndex(of: UInt8(ascii: "<"), from: position, to: value.count),
            let close = value.firstIndex(of: UInt8(ascii: ">"), from: open, to: value.count)
        {
            betweenURLs(ByteRange(position, open), of: value, place: place)
            var text = DecodedText(excerptFrom: open + 1, capacity: close - open)
            for index in open + 1..<close where !ASCII.isWhitespace(value[index]) {
                text.append(value[index], from: index)
            }
            text.finish(at: close)
            url(text, place: place, escaping: .none)
            position = close + 1
        }
        betweenURLs(ByteRange(position, value.count), of: value, place: place)
    }

    /// Takes what stands between a field's URLs. Some mailers write the whole value in encoded words, in which
    /// no reader looks for URLs.
    private mutating func betweenURLs(_ range: ByteRange, of value: Bytes, place: String) {
        let text = EncodedWords.decode(Bytes(rebasing: value[range.start..<range.end]))
        mentions(in: text, place: place, reason: .notALink)
    }

    /// Takes the value of a field whose links are left alone.
    mutating func otherHeader(_ value: Bytes, place: String) {
        mentions(in: EncodedWords.decode(value), place: place, reason: .notALinkPlace)
    }
}
