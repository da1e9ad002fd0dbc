/// The header section at some place in a message: its fields, and where the body begins.
struct HeaderSection {
    /// The fields. A line without a colon is one that has no name.
    var fields: [HeaderField] = []
    /// The field's whole lines, and within them what follows the colon up to the last line end.
    var lines: [(field: ByteRange, value: ByteRange)] = []
    /// One past the section's last line, the empty line that ends it included.
    var end: Int
    /// An empty line ended the section; otherwise it ran into `limit`.
    var hasEmptyLine = false

    /// Reads lines from `start` until an empty line, `limit`, or a line at which `isEnd` says so.
    init(_ bytes: Bytes, from start: Int, to limit: Int, isEnd: (_ lineStart: Int) -> Bool = { _ in false }) {
        end = start
        lines.reserveCapacity(16)
        while end < limit {
            let lineEnd = bytes.firstIndex(of: 0x0A, from: end, to: limit).map { $0 + 1 } ?? limit
            if HeaderSection.isEmptyLine(bytes, end, lineEnd) {
                end = lineEnd
                hasEmptyLine = true
                break
            }
            if isEnd(end) { break }
            append(ByteRange(end, lineEnd), of: bytes)
            end = lineEnd
        }
        fields = lines.map { line in
            let colon = line.value.start - 1
            guard colon >= line.field.start, bytes[colon] == UInt8(ascii: ":") else {
                return HeaderField(name: [], value: bytes.copy(ByteRange(line.field.start, line.value.end)))
            }
            return HeaderField(
                name: bytes.copy(HeaderSection.trimmedEnd(bytes, ByteRange(line.field.start, colon))),
                value: bytes.copy(line.value))
        }
    }

    /// Only line ends make a line empty; white space alone is content (RFC 5322 section 2.2.3).
    private static func isEmptyLine(_ bytes: Bytes, _ start: Int, _ end: Int) -> Bool {
        (start..<end).allSatisfy { bytes[$0] == 0x0D || bytes[$0] == 0x0A }
    }

    private mutating func append(_ line: ByteRange, of bytes: Bytes) {
        let isContinuation = bytes[line.start] == 0x20 || bytes[line.start] == 0x09
        let contentEnd = HeaderSection.withoutLineEnd(bytes, line)
        if isContinuation, let last = lines.indices.last {
            lines[last].field.end = line.end
            lines[last].value.end = contentEnd
            return
        }
        let colon = bytes.firstIndex(of: UInt8(ascii: ":"), from: line.start, to: contentEnd)
        // A line without a colon is no field; it is kept in the list, as a value without a name, so that nothing is
        // lost on the way.
        let valueStart = colon.map { $0 + 1 } ?? contentEnd
        lines.append((field: line, value: ByteRange(valueStart, contentEnd)))
    }

    private static func withoutLineEnd(_ bytes: Bytes, _ line: ByteRange) -> Int {
        var end = line.end
        if end > line.start, bytes[end - 1] == 0x0A { end -= 1 }
        if end > line.start, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }

    private static func trimmedEnd(_ bytes: Bytes, _ range: ByteRange) -> ByteRange {
        var range = range
        while range.count > 0, bytes[range.end - 1] == 0x20 || bytes[range.end - 1] == 0x09 { range.end -= 1 }
        return range
    }
}
