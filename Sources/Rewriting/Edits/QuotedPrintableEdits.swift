/// Edits of a quoted-printable part. Only the raw bytes that carry edited content are written again, and where
/// a line grows too long for it, soft breaks are put into that line alone.
struct QuotedPrintableEdits {
    let raw: Bytes
    let content: DecodedContent

    /// RFC 2045 section 6.7 (5), without the line's end and counting the `=`.
    static let encodedLimit = 76
    /// RFC 5322 section 2.1.1.
    static let lineLimit = 998

    func encode(_ edits: [ContentEdit]) -> [Edit] {
        let ranges = edits.map { content.rawRange(of: $0.range) }
        var digits = HexDigits(raw: raw)
        var result: [Edit] = []
        result.reserveCapacity(edits.count)
        var plain: [UInt8] = []
        for block in LineBlock.blocks(of: ranges, in: raw) {
            if isPlain(block, ranges, edits, &plain) {
                for index in block.edits { result.append(Edit(ranges[index], edits[index].replacement)) }
            } else {
                let lines = rewrite(block, ranges, edits, &digits)
                if let edit = Edit(narrowing: block.lines, of: raw, to: lines) { result.append(edit) }
            }
        }
        return result
    }

    /// Whether the new bytes can simply take the place of the old ones, as they can for most links. Old and new ones
    /// are printable characters that stand for themselves, on a line that stays within its limit; nothing before
    /// them waits for more digits (`=`, `=3`). Hence the line reads as before elsewhere, and as meant here.
    ///
    /// - Parameter plain: new bytes that are known to be such characters.
    private func isPlain(
        _ block: LineBlock, _ ranges: [ByteRange], _ edits: [ContentEdit], _ plain: inout [UInt8]
    ) -> Bool {
        var growth = 0
        for index in block.edits {
            let range = ranges[index]
            if edits[index].replacement != plain {
                guard edits[index].replacement.allSatisfy(Self.standsForItself) else { return false }
                plain = edits[index].replacement
            }
            // Where nothing comes, white space before it might come to stand at the line's end.
            guard !plain.isEmpty, range.count == edits[index].range.count,
                raw[range.start..<range.end].allSatisfy(Self.standsForItself),
                !raw[max(0, range.start - 2)..<range.start].contains(UInt8(ascii: "=")),
                // A line's end that is torn apart no longer drops the white space before it.
                range.start == 0 || raw[range.start - 1] != 0x0D
            else { return false }
            growth += plain.count - range.count
        }
        // One line, since no range holds a line's end.
        let length = PhysicalLines.endOfText(of: block.lines, in: raw) - block.lines.start
        let limit = length <= Self.encodedLimit ? Self.encodedLimit : Self.lineLimit
        return growth <= 0 || length + growth <= limit
    }

    private static func standsForItself(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "=")
    }

    /// The new form of a block, which is one line of content however many lines it was before: an edit that
    /// spans a line's end removes it.
    private func rewrite(
        _ block: LineBlock, _ ranges: [ByteRange], _ edits: [ContentEdit], _ digits: inout HexDigits
    ) -> [UInt8] {
        let indices = block.edits
        let tail = tail(of: block, notBefore: ranges[indices.upperBound - 1].end)
        let prefix = ByteRange(block.lines.start, ranges[indices.lowerBound].start)
        let prefixCount = QuotedPrintable.decodedCount(of: prefix, in: raw)

        var line: [UInt8] = []  // what the line becomes, without its tail
        var meaning: [UInt8] = []  // what that has to decode to
        line.reserveCapacity(block.lines.count + 64 * indices.count)
        meaning.reserveCapacity(block.lines.count + 64 * indices.count)
        content.withBytes { decoded in
            var position = block.lines.start
            var decodedPosition = max(0, edits[indices.lowerBound].range.start - prefixCount)
            for index in indices {
                line.append(contentsOf: raw[position..<ranges[index].start])
                meaning.append(contentsOf: decoded[decodedPosition..<edits[index].range.start])
                for byte in edits[index].replacement { digits.append(byte, to: &line) }
                meaning.append(contentsOf: edits[index].replacement)
                position = ranges[index].end
                decodedPosition = edits[index].range.end
            }
            let suffix = ByteRange(position, tail.start)
            line.append(contentsOf: raw[position..<tail.start])
            let suffixCount = QuotedPrintable.decodedCount(of: suffix, in: raw)
            let suffixEnd = min(decoded.count, decodedPosition + suffixCount)
            meaning.append(contentsOf: decoded[decodedPosition..<suffixEnd])
        }

        let layout = QuotedPrintableLayout(
            limit: limit(of: block), tailWidth: tail.width,
            lineEnd: PhysicalLines.lineEnd(
                ofLineEnding: block.lines.end, startingAt: block.lines.start, in: raw))
        let rawTail = raw[tail.start..<block.lines.end]
        if var lines = layout.broken(line) {
            lines.append(contentsOf: rawTail)
            if decodes(lines, to: meaning, before: rawTail) { return lines }
        }
        // An `=` that was text only because of what followed it, white space that has come to stand at the end:
        // the line is spelled out. What it says stays the same.
        line.removeAll(keepingCapacity: true)
        for (index, byte) in meaning.enumerated() {
            let isInnerSpace = (byte == 0x20 || byte == 0x09) && index + 1 < meaning.count
            if isInnerSpace { line.append(byte) } else { digits.append(byte, to: &line) }
        }
        return (layout.broken(line) ?? line) + rawTail
    }

    /// What ends a block: white space that decoding drops, a soft break's `=`, the line's end.
    private func tail(of block: LineBlock, notBefore position: Int) -> (start: Int, width: Int) {
        let textEnd = PhysicalLines.endOfText(of: block.lines, in: raw)
        var start = textEnd - QuotedPrintable.whiteSpace(before: textEnd, in: raw)
        if start > block.lines.start, raw[start - 1] == UInt8(ascii: "=") { start -= 1 }
        start = max(start, position)
        return (start, max(0, textEnd - start))
    }

    private func limit(of block: LineBlock) -> Int? {
        let longest = PhysicalLines.longest(in: block.lines, of: raw)
        if longest <= Self.encodedLimit { return Self.encodedLimit }
        return longest <= Self.lineLimit ? Self.lineLimit : nil
    }

    private func decodes(_ lines: [UInt8], to meaning: [UInt8], before rawTail: Slice<Bytes>) -> Bool {
        let end = QuotedPrintableDecoder.decode(Bytes(rebasing: rawTail)).bytes
        let decoded = lines.withUnsafeBufferPointer { QuotedPrintableDecoder.decode($0).bytes }
        guard decoded.count == meaning.count + end.count else { return false }
        return decoded.withUnsafeBufferPointer { decoded in
            (0..<meaning.count).allSatisfy { decoded[$0] == meaning[$0] }
                && (0..<end.count).allSatisfy { decoded[meaning.count + $0] == end[$0] }
        }
    }
}

/// Spells bytes in quoted-printable with the digits that the part uses.
struct HexDigits {
    private let raw: Bytes
    private var digits: [UInt8]?

    init(raw: Bytes) { self.raw = raw }

    /// Appends `byte` as itself if it is a printable character but `=`, else as an escape.
    mutating func append(_ byte: UInt8, to line: inout [UInt8]) {
        if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "=") {
            line.append(byte)
            return
        }
        let digits =
            self.digits
            ?? (usesOnlyLowerCase ? Array("0123456789abcdef".utf8) : Array("0123456789ABCDEF".utf8))
        self.digits = digits
        line.append(UInt8(ascii: "="))
        line.append(digits[Int(byte >> 4)])
        line.append(digits[Int(byte & 0x0F)])
    }

    /// RFC 2045 section 6.7 (1) demands capitals, but a part that has none at all keeps its own style.
    private var usesOnlyLowerCase: Bool {
        var hasLowerCase = false
        var position = 0
        while position < raw.count {
            let byte = raw[position]
            guard byte == UInt8(ascii: "="), case .byte = QuotedPrintable.escape(at: position, in: raw) else {
                position += 1
                continue
            }
            for digit in [raw[position + 1], raw[position + 2]] {
                if digit &- 0x41 < 6 { return false }
                hasLowerCase = hasLowerCase || digit &- 0x61 < 6
            }
            position += 3
        }
        return hasLowerCase
    }
}
