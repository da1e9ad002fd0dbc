/// Outlook's conditional comments: `<!--[if mso]> … <![endif]-->`, which are markup to it.
enum ConditionalComment {
    /// How deep one may stand in another that is not closed: each level is read once more.
    static let maximumDepth = 8

    /// The markup inside a comment with this data, nil for an ordinary comment.
    static func content(of data: ByteRange, in view: Bytes) -> ByteRange? {
        var start = data.start
        while start < data.end, ASCII.isWhitespace(view[start]) { start += 1 }
        guard start + 3 <= data.end, view.hasPrefix("[if", at: start) else { return nil }
        guard let bracket = view.firstIndex(of: UInt8(ascii: "]"), from: start, to: data.end),
            bracket + 1 < data.end, view[bracket + 1] == UInt8(ascii: ">")
        else { return nil }
        // A tail `<![endif]` is a bogus comment to the tokenizer; it needs no care.
        return ByteRange(bracket + 2, data.end)
    }
}
