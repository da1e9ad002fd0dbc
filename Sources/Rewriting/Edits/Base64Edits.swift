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
        let groups = bytes.count / 3
        let digits = groups * 4
        let lines = digits / width + 2
        let written = [UInt8](unsafeUninitializedCapacity: digits + lines * lineEnd.count) { buffer, count in
            bytes.withUnsafeBufferPointer { count = write(groups: groups, of: $0, to: buffer) }
        }
        output = output.isEmpty ? written : output + written
        writeRest(bytes[(groups * 3)...], isPadded: isPadded)
    }

    /// Writes whole groups.
    ///
    /// - Returns: how many bytes it has written.
    private mutating func write(
        groups: Int, of bytes: Bytes, to buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        guard groups > 0, let input = bytes.baseAddress, let output = buffer.baseAddress else { return 0 }
        var group = 0
        var end = 0
        Base64.Tables.shared.withPairs { pairs in
            while group < groups {
                // As many groups as the line has room for, in one go.
                let fitting = min(groups, group &+ max(0, width &- column) / 4)
                column &+= (fitting &- group) &* 4
                while group < fitting {
                    let first = input + group &* 3
                    let bits = Int(first[0]) &<< 16 | Int(first[1]) &<< 8 | Int(first[2])
                    let digits = UInt32(pairs[bits &>> 12]) | UInt32(pairs[bits & 0xFFF]) &<< 16
                    UnsafeMutableRawPointer(output + end)
                        .storeBytes(of: digits.littleEndian, as: UInt32.self)
                    end &+= 4
                    group &+= 1
                }
                guard group < groups else { return }
                // A line whose width is no multiple of four divides a group.
                let first = input + group &* 3
                let bits = Int(first[0]) &<< 16 | Int(first[1]) &<< 8 | Int(first[2])
                for digit in 0..<4 {
                    if column >= width {
                        for byte in lineEnd {
                            output[end] = byte
                            end &+= 1
                        }
                        column = 0
                    }
                    output[end] = Base64.alphabet[bits >> (18 - 6 * digit) & 0x3F]
                    end &+= 1
                    column &+= 1
                }
                group &+= 1
            }
        }
        return end
    }

    /// Writes the last group, which is not full.
    private mutating func writeRest(_ bytes: ArraySlice<UInt8>, isPadded: Bool) {
        if bytes.isEmpty { return }
        var bits = 0
        for byte in bytes { bits = bits << 8 | Int(byte) }
        bits <<= 8 * (3 - bytes.count)
        for digit in 0..<(isPadded ? 4 : bytes.count + 1) {
            if column >= width { breakLine() }
            let value = bits >> (18 - 6 * digit) & 0x3F
            output.append(digit <= bytes.count ? Base64.alphabet[value] : UInt8(ascii: "="))
            column += 1
        }
    }
}
