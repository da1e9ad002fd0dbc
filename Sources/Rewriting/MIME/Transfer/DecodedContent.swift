/// The decoded content of a part with a way back to the raw bytes. It promises that ascending positions map
/// to ascending positions, and that content which was not encoded is not copied.
///
/// The raw bytes belong to the caller and have to outlive it.
struct DecodedContent {
    /// A place where the decoder was between two bytes of content.
    struct Checkpoint: Equatable {
        /// How many decoded bytes came before.
        var decoded: Int
        /// The first raw byte that was not read yet.
        var raw: Int
    }

    /// The part's content as it stands in the message.
    let raw: Bytes
    /// How it is encoded there.
    let encoding: TransferEncoding
    /// Broken so that an edit could not be made without doubt: decoders disagree about what it says. Never for
    /// quoted-printable, where an invalid escape is text (RFC 2045 section 6.7, notes for implementors).
    let isDamaged: Bool
    /// For base64: whether the content would end in padding if its length asked for it.
    let isPadded: Bool
    private let decoded: [UInt8]
    private let checkpoints: [Checkpoint]

    /// Decodes `raw`; nothing is refused.
    init(raw: Bytes, encoding: TransferEncoding) {
        self.raw = raw
        self.encoding = encoding
        switch encoding {
        case .identity:
            (decoded, checkpoints) = ([], [])
            (isDamaged, isPadded) = (false, false)
        case .quotedPrintable:
            (decoded, checkpoints) = QuotedPrintableDecoder.decode(raw)
            (isDamaged, isPadded) = (false, false)
        case .base64:
            let result = Base64.decode(raw)
            (decoded, checkpoints) = (result.bytes, result.checkpoints)
            (isDamaged, isPadded) = (result.isDamaged, result.isPadded)
        }
    }

    /// How many bytes the content has.
    var count: Int { encoding == .identity ? raw.count : decoded.count }

    /// Lends the content.
    func withBytes<R>(_ body: (Bytes) throws -> R) rethrows -> R {
        encoding == .identity ? try body(raw) : try decoded.withUnsafeBufferPointer(body)
    }

    /// The raw bytes that carry `range`. Soft breaks inside are part of it, those before and behind are not;
    /// base64 gives whole groups of four. An empty range gives the place where something may be inserted. In
    /// damaged base64, where groups cannot be told, it is a stretch that contains them.
    func rawRange(of range: ByteRange) -> ByteRange {
        let start = min(max(range.start, 0), count)
        let end = min(max(range.end, start), count)
        switch encoding {
        case .identity: return ByteRange(start, end)
        case .quotedPrintable: return quotedPrintableRange(start, end)
        case .base64: return isDamaged ? roughRange(start, end) : base64Range(start, end)
        }
    }

    private func quotedPrintableRange(_ start: Int, _ end: Int) -> ByteRange {
        if start < end {
            let first = self.start(ofByte: start)
            // A host mostly stands there as it is, in one piece.
            if QuotedPrintable.decodesToItself(ByteRange(first, first + end - start), in: raw) {
                return ByteRange(first, first + end - start)
            }
            // The last one is walked to from the first, unless it is far.
            let nearest = checkpoint(atOrBefore: end - 1)
            let last = QuotedPrintable.start(
                ofDecoded: end - 1, in: raw,
                from: nearest.decoded > start ? nearest : Checkpoint(decoded: start, raw: first))
            return ByteRange(first, QuotedPrintable.end(ofByteAt: last, in: raw))
        }
        // Between two bytes there may be a soft break, behind which is the better place; or dropped white
        // space before a line end, in front of which is the only one.
        let place: Int
        if start < decoded.count, decoded[start] != 0x0D, decoded[start] != 0x0A {
            place = self.start(ofByte: start)
        } else if start > 0 {
            place = QuotedPrintable.end(ofByteAt: self.start(ofByte: start - 1), in: raw)
        } else {
            place = 0
        }
        return ByteRange(place, place)
    }

    private func start(ofByte index: Int) -> Int {
        QuotedPrintable.start(ofDecoded: index, in: raw, from: checkpoint(atOrBefore: index))
    }

    private func base64Range(_ start: Int, _ end: Int) -> ByteRange {
        let first = startOfGroup(start / 3)
        let last = start < end ? endOfGroup((end - 1) / 3) : first
        return ByteRange(first, last)
    }

    private func roughRange(_ start: Int, _ end: Int) -> ByteRange {
        let first = checkpoint(atOrBefore: start).raw
        let next = checkpoints.first { $0.decoded >= end && $0.raw >= first }
        return ByteRange(first, next?.raw ?? raw.count)
    }

    /// Where the base64 group `index` starts; behind the last one, where another could be added.
    func startOfGroup(_ index: Int) -> Int {
        guard index * 3 < decoded.count else { return index == 0 ? 0 : endOfGroup((decoded.count - 1) / 3) }
        let checkpoint = checkpoint(atOrBefore: index * 3)
        let digits = (index - checkpoint.decoded / 3) * 4
        return Base64.position(afterDigits: digits, from: checkpoint.raw, skipsToNext: true, in: raw)
    }

    /// Where the base64 group `index` ends, padding included.
    func endOfGroup(_ index: Int) -> Int {
        guard index >= 0, index * 3 < decoded.count else { return startOfGroup(max(index, 0)) }
        let checkpoint = checkpoint(atOrBefore: index * 3)
        let digits = (index + 1 - checkpoint.decoded / 3) * 4
        return Base64.position(afterDigits: digits, from: checkpoint.raw, skipsToNext: false, in: raw)
    }

    private func checkpoint(atOrBefore index: Int) -> Checkpoint {
        var low = 0
        var high = checkpoints.count
        while low < high {
            let middle = (low + high) / 2
            if checkpoints[middle].decoded <= index { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? Checkpoint(decoded: 0, raw: 0) : checkpoints[low - 1]
    }
}
