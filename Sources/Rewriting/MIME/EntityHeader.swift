/// What the MIME fields of a header say about the body that follows (RFC 2045 section 3).
struct EntityHeader {
    var contentType: ContentType
    /// The Content-Transfer-Encoding field's body, nil where there is none.
    var transferEncoding: [UInt8]?
    /// Content-Disposition says `attachment` (RFC 2183 section 2.2).
    var isAttachment = false

    /// A header without MIME fields, in a context where bodies are of `defaultType`.
    init(defaultType: ContentType) {
        contentType = defaultType
    }

    /// Reads the MIME fields among `fields`. Where a field stands twice the first counts, as in most readers.
    init(fields: some Sequence<HeaderField>, defaultType: ContentType) {
        self.init(defaultType: defaultType)
        var seenType = false
        var seenDisposition = false
        for field in fields {
            if !seenType, field.isNamed("content-type") {
                seenType = true
                let body = field.unfoldedValue
                if body.contains(where: { !ASCII.isWhitespace($0) }) { contentType = ContentType(body) }
            } else if transferEncoding == nil, field.isNamed("content-transfer-encoding") {
                transferEncoding = field.unfoldedValue
            } else if !seenDisposition, field.isNamed("content-disposition") {
                seenDisposition = true
                var scanner = StructuredFieldScanner(field.unfoldedValue)
                let type = scanner.readUnquoted(until: UInt8(ascii: ";")).map(ASCII.lowercased)
                isAttachment = type.elementsEqual("attachment".utf8)
            }
        }
    }
}

extension HeaderField {
    /// The value without the line ends of its folds (RFC 5322 section 2.2.3).
    var unfoldedValue: [UInt8] {
        var unfolded = value
        unfolded.removeAll { $0 == 0x0D || $0 == 0x0A }
        return unfolded
    }
}
