import CGNU
import Glibc

/// The line ends that occur in mail.
enum LineEnd {
    case crlf
    case lf

    var bytes: [UInt8] { self == .crlf ? [0x0D, 0x0A] : [0x0A] }
}

/// Lines as they stand in the message: what lies between two LF. A CR counts as part of the line's end only
/// right before it.
enum PhysicalLines {
    /// The start of the line that `position` is in; the position behind an LF is in the next line.
    static func start(of position: Int, in raw: Bytes) -> Int {
        guard let base = raw.baseAddress else { return 0 }
        guard let feed = memrchr(base, 0x0A, min(position, raw.count)) else { return 0 }
        return UnsafeRawPointer(base).distance(to: feed) + 1
    }

    /// One past the LF that ends the line that `position` is in, or the end of `raw`.
    static func end(of position: Int, in raw: Bytes) -> Int {
        guard let base = raw.baseAddress, position < raw.count else { return raw.count }
        guard let feed = memchr(base + position, 0x0A, raw.count - position) else { return raw.count }
        return UnsafeRawPointer(base).distance(to: feed) + 1
    }

    /// Where the line end of `line`, CR included, starts; `line.end` where it has none.
    static func endOfText(of line: ByteRange, in raw: Bytes) -> Int {
        guard line.end > line.start, raw[line.end - 1] == 0x0A else { return line.end }
        return line.end - 1 > line.start && raw[line.end - 2] == 0x0D ? line.end - 2 : line.end - 1
    }

    /// The longest line in `lines` (whole ones), its end not counted.
    static func longest(in lines: ByteRange, of raw: Bytes) -> Int {
        var longest = 0
        forEach(in: lines, of: raw) { longest = max(longest, $0) }
        return longest
    }

    /// The shortest line in `lines` (whole ones), its end not counted.
    static func shortest(in lines: ByteRange, of raw: Bytes) -> Int {
        var shortest = Int.max
        forEach(in: lines, of: raw) { shortest = min(shortest, $0) }
        return shortest
    }

    private static func forEach(in lines: ByteRange, of raw: Bytes, _ visit: (_ length: Int) -> Void) {
        var start = lines.start
        while start < lines.end {
            let end = min(self.end(of: start, in: raw), lines.end)
            visit(endOfText(of: ByteRange(start, end), in: raw) - start)
            start = end
        }
    }

    /// How a line that is added next to the line ending at `end` should end: as that one does, else as the one
    /// before it, else as all mail does.
    static func lineEnd(ofLineEnding end: Int, startingAt start: Int, in raw: Bytes) -> LineEnd {
        for end in [end, start] where end > 0 && raw[end - 1] == 0x0A {
            return end > 1 && raw[end - 2] == 0x0D ? .crlf : .lf
        }
        return .crlf
    }
}

/// Lines that change together: those that the edits in them touch or join. No edit lies in two blocks.
struct LineBlock {
    /// Whole lines, the last one's end included.
    var lines: ByteRange
    /// Which edits, as indices.
    var edits: Range<Int>

    /// Groups `ranges` (ascending, disjoint) by the lines they touch.
    static func blocks(of ranges: [ByteRange], in raw: Bytes) -> [LineBlock] {
        var blocks: [LineBlock] = []
        for (index, range) in ranges.enumerated() {
            if let last = blocks.last, isInside(range, last.lines, behind: ranges[index - 1], raw) {
                blocks[blocks.count - 1].edits = last.edits.lowerBound..<index + 1
            } else {
                let start = PhysicalLines.start(of: range.start, in: raw)
                blocks.append(LineBlock(lines: ByteRange(start, range.start), edits: index..<index + 1))
            }
            // A range that takes its line's end along joins the next line to this one. Within one line the end
            // is looked for once, however many edits there are.
            let end = blocks[blocks.count - 1].lines.end
            if range.end >= end {
                blocks[blocks.count - 1].lines.end = PhysicalLines.end(of: range.end, in: raw)
            }
        }
        return blocks
    }

    /// Where the last line's end has gone with the range before, what comes behind it is on that line.
    private static func isInside(
        _ range: ByteRange, _ lines: ByteRange, behind previous: ByteRange, _ raw: Bytes
    ) -> Bool {
        range.start < lines.end
            || lines.end == raw.count && lines.count > 0
                && (raw[lines.end - 1] != 0x0A || previous.end == lines.end)
    }
}
