/// One edit in decoded bytes. The edits of one link (scheme, host, port) share `link`: all of them are made, or
/// none.
struct ContentEdit: Equatable {
    /// Which link it belongs to.
    var link: Int
    /// The decoded bytes that go.
    var range: ByteRange
    /// The decoded bytes that come.
    var replacement: [UInt8]

    init(link: Int, range: ByteRange, replacement: [UInt8]) {
        self.link = link
        self.range = range
        self.replacement = replacement
    }

    /// The same edit without what its old and its new bytes have in common at both ends, so that a soft break
    /// or an escape in there is not written again. Nil if nothing is left.
    func trimmed(in content: Bytes) -> ContentEdit? {
        var range = range
        var kept = 0..<replacement.count
        while !range.isEmpty, !kept.isEmpty, content[range.start] == replacement[kept.lowerBound] {
            range.start += 1
            kept = kept.lowerBound + 1..<kept.upperBound
        }
        while !range.isEmpty, !kept.isEmpty, content[range.end - 1] == replacement[kept.upperBound - 1] {
            range.end -= 1
            kept = kept.lowerBound..<kept.upperBound - 1
        }
        guard !range.isEmpty || !kept.isEmpty else { return nil }
        if kept.count == replacement.count { return self }
        return ContentEdit(link: link, range: range, replacement: Array(replacement[kept]))
    }
}

/// Trims edits one after the other. Nearly all of a part put the same host in the place of the same other.
private struct Trimmer {
    private var last: ContentEdit?
    private var lastTrimmed: ContentEdit?

    mutating func trimmed(_ edit: ContentEdit, in content: Bytes) -> ContentEdit? {
        if let last, let lastTrimmed, last.replacement == edit.replacement,
            content.equals(last.range, content, edit.range)
        {
            var range = lastTrimmed.range
            range.shift(by: edit.range.start - last.range.start)
            return ContentEdit(link: edit.link, range: range, replacement: lastTrimmed.replacement)
        }
        last = edit
        lastTrimmed = edit.trimmed(in: content)
        return lastTrimmed
    }
}

/// What a part's edits come to in its raw bytes.
struct EncodedEdits: Equatable {
    /// Ascending, disjoint, relative to the part's raw bytes.
    var edits: [Edit] = []
    /// Links that stay, because a line would become too long, or because the edit made no sense.
    var refusedLinks: Set<Int> = []
}

/// Turns edits of decoded bytes (ascending, disjoint) into edits of the raw bytes, encoded as the part is.
///
/// `raw` is what `content` was made of. `breakOpportunities` is asked about lines of a part that is not encoded
/// which would grow past 998 octets: it answers with the ascending positions of single spaces or tabs in that
/// raw range that may become a line break. It has to answer with none where a space is not one byte.
func encode(
    _ edits: [ContentEdit], in raw: Bytes, content: DecodedContent, breakOpportunities: (ByteRange) -> [Int]
) -> EncodedEdits {
    var result = EncodedEdits()
    var sound = edits
    if content.isDamaged {
        result.refusedLinks = Set(edits.map(\.link))
        return result
    }
    // A plugin or a scanner that errs costs a link, not the message.
    var end = 0
    for edit in edits {
        guard edit.range.start >= end, edit.range.end >= edit.range.start, edit.range.end <= content.count
        else {
            result.refusedLinks.insert(edit.link)
            continue
        }
        end = edit.range.end
    }
    if !result.refusedLinks.isEmpty { sound.removeAll { result.refusedLinks.contains($0.link) } }
    var trimmed: [ContentEdit] = []
    trimmed.reserveCapacity(sound.count)
    content.withBytes { bytes in
        var trimmer = Trimmer()
        for index in sound.indices {
            if let rest = trimmer.trimmed(sound[index], in: bytes) { trimmed.append(rest) }
        }
    }
    guard !trimmed.isEmpty else { return result }
    switch content.encoding {
    case .identity:
        let encoder = IdentityEdits(raw: raw, edits: trimmed)
        let encoded = encoder.encode(breakOpportunities: breakOpportunities)
        result.edits = encoded.edits
        result.refusedLinks.formUnion(encoded.refusedLinks)
    case .quotedPrintable:
        result.edits = QuotedPrintableEdits(raw: raw, content: content).encode(trimmed)
    case .base64:
        result.edits = Base64Edits(raw: raw, content: content).encode(trimmed)
    }
    return result
}

extension Edit {
    /// The edit that turns `range` of `raw` into `replacement`, narrowed to what differs; nil if nothing does.
    init?(narrowing range: ByteRange, of raw: Bytes, to replacement: [UInt8]) {
        let edit = ContentEdit(link: 0, range: range, replacement: replacement).trimmed(in: raw)
        guard let edit else { return nil }
        self.init(edit.range, edit.replacement)
    }
}
