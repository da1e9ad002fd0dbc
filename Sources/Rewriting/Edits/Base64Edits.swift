/// Edits of a base64 part. From the first group that an edit touches the content is written again; as soon as
/// old and new groups coincide, at that line's end, the old bytes go on.
struct Base64Edits {
    let raw: Bytes
    let content: DecodedContent

    func encode(_ edits: [ContentEdit]) -> [Edit] {
        let width = lineWidth()
        var result: [Edit] = []
        var index = 0
        while index < edits.count {
            let stretch = stretch(from: index, edits)
            if let edit = encode(stretch, edits, width: width) { result.append(edit) }
            index = stretch.edits.upperBound
        }
        return result
    }

    /// A run of groups that is written again.
    private struct Stretch {
        var edits: Range<Int>
        /// In decoded bytes; starts at a group, ends at one or with the content.
        var decoded: ByteRange
        var raw: ByteRange
        /// How many bytes follow on the last line, its end excluded.
        var rest: Int
    }

    /// The groups that have to be written again for the edit at `first` and those it cannot be parted from.
    private func stretch(from first: Int, _ edits: [ContentEdit]) -> Stretch {
        let firstGroup = edits[first].range.start / 3
        let start = content.startOfGroup(firstGroup)
        var shift = 0
        var next = first
        var lineEnd = -1
        while true {
            shift += edits[next].replacement.count - edits[next].range.count
            let end = edits[next].range.end
            next += 1
            let following = next < edits.count ? edits[next].range.start / 3 : Int.max
            guard shift % 3 == 0 else {
                if next < edits.count { continue }
                return wholeRest(edits: first..<next, firstGroup: firstGroup, start: start)
            }
            let group = max((end + 2) / 3, firstGroup)
            if following < group { continue }
            let groupEnd = max(start, group > firstGroup ? content.endOfGroup(group - 1) : start)
            // Looked for once per line, however many edits there are.
            if groupEnd >= lineEnd { lineEnd = PhysicalLines.end(of: groupEnd, in: raw) }
            let lineText = PhysicalLines.endOfText(of: ByteRange(groupEnd, lineEnd), in: raw)
            if next < edits.count, content.startOfGroup(following) < lineText { continue }
            let more = Base64.digitCount(in: ByteRange(groupEnd, lineText), of: raw) / 4
            let decodedEnd = min((group + more) * 3, content.count)
            let rawEnd = Base64.position(afterDigits: more * 4, from: groupEnd, skipsToNext: false, in: raw)
            if decodedEnd >= content.count {
                // Something may yet be added behind the last byte.
                if next < edits.count { continue }
                return wholeRest(edits: first..<next, firstGroup: firstGroup, start: start)
            }
            return Stretch(
                edits: first..<next, decoded: ByteRange(firstGroup * 3, decodedEnd),
                raw: ByteRange(start, rawEnd), rest: lineText - rawEnd)
        }
    }

    /// All that is left of the content. What follows its last digit or pad stays.
    private func wholeRest(edits: Range<Int>, firstGroup: Int, start: Int) -> Stretch {
        let end = max(start, content.startOfGroup((content.count + 2) / 3))
        let lineEnd = PhysicalLines.end(of: end, in: raw)
        return Stretch(
            edits: edits, decoded: ByteRange(firstGroup * 3, content.count), raw: ByteRange(start, end),
            rest: PhysicalLines.endOfText(of: ByteRange(end, lineEnd), in: raw) - end)
    }

    private func encode(_ stretch: Stretch, _ edits: [ContentEdit], width: Int) -> Edit? {
        let payload = content.withBytes { decoded in
            var payload: [UInt8] = []
            payload.reserveCapacity(stretch.decoded.count + 64 * stretch.edits.count)
            var position = stretch.decoded.start
            for index in stretch.edits {
                payload.append(contentsOf: decoded[position..<max(position, edits[index].range.start)])
                payload.append(contentsOf: edits[index].replacement)
                position = edits[index].range.end
            }
            payload.append(contentsOf: decoded[position..<max(position, stretch.decoded.end)])
            return payload
        }
        let lineStart = PhysicalLines.start(of: stretch.raw.start, in: raw)
        let lineEnd = PhysicalLines.end(of: stretch.raw.start, in: raw)
        let lines = ByteRange(lineStart, PhysicalLines.end(of: stretch.raw.end, in: raw))
        // Lines beyond 998 are no leave for the others to grow past it (RFC 5322 section 2.1.1).
        let isShort = width > 998 && PhysicalLines.shortest(in: lines, of: raw) <= 998
        var writer = Base64Writer(
            width: isShort ? 996 : width, column: stretch.raw.start - lineStart,
            lineEnd: PhysicalLines.lineEnd(ofLineEnding: lineEnd, startingAt: lineStart, in: raw).bytes)
        writer.write(payload, isPadded: content.isPadded)
        var range = stretch.raw
        if stretch.rest > 0, writer.column + stretch.rest > writer.width {
            let rest = ByteRange(range.end, range.end + stretch.rest)
            if Base64.digitCount(in: rest, of: raw) == 0 {
                range.end = rest.end
            } else {
                writer.breakLine()
            }
        }
        return Edit(narrowing: range, of: raw, to: writer.output)
    }

    /// How long the part's lines are: the longest. A single line says little about that unless it is longer than
    /// RFC 2045 section 6.8 allows.
    private func lineWidth() -> Int {
        var longest = 0
        var count = 0
        var start = 0
        while start < raw.count {
            let end = PhysicalLines.end(of: start, in: raw)
            let length = PhysicalLines.endOfText(of: ByteRange(start, end), in: raw) - start
            if length > 0 { count += 1 }
            longest = max(longest, length)
            start = end
        }
        return count > 1 ? longest : max(longest, 76)
    }
}

/// Writes base64 in lines of a given width.
struct Base64Writer {
    let width: Int
    /// How many characters the line has so far.
    private(set) var column: Int
    let lineEnd: [UInt8]
    private(set) var output: [UInt8] = []

    init(width: Int, column: Int, lineEnd: [UInt8]) {
        self.width = max(width, 1)
        self.column = column
        self.lineEnd = lineEnd
    }

    /// Ends the line, unless nothing is on it.
    mutating func breakLine() {
        guard column > 0 else { return }
        output.append(contentsOf: lineEnd)
        column = 0
    }

    /// Writes `bytes` as groups; what does not fill the last one up is padded, if `isPadded`.
    mutating func write(_ bytes: [UInt8], isPadded: Bool) {
        output.reserveCapacity(bytes.count / 3 * 4 + bytes.count / width * 2 + 16)
        var position = 0
        while position < bytes.count {
            let count = min(3, bytes.count - position)
            var bits: UInt32 = 0
            for offset in 0..<3 {
                bits = bits << 8 | (offset < count ? UInt32(bytes[position + offset]) : 0)
            }
            for digit in 0..<4 {
                guard digit <= count || isPadded else { break }
                if column >= width { breakLine() }
                let value = Int(bits >> UInt32(18 - 6 * digit)) & 0x3F
                output.append(digit <= count ? Base64.alphabet[value] : UInt8(ascii: "="))
                column += 1
            }
            position += count
        }
    }
}
