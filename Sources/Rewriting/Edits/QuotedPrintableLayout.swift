/// Puts soft breaks into one line of quoted-printable that has grown too long.
struct QuotedPrintableLayout {
    /// How long a line may be, its end not counted; nil if it was beyond all limits before.
    let limit: Int?
    /// How much room the line's own tail needs: a soft break's `=`, white space that goes with the line's end.
    let tailWidth: Int
    let lineEnd: LineEnd

    /// `line` (without its tail, which may have to go on a line of its own) in as many lines as it needs, fewest
    /// first; nil where it cannot be broken without touching an `=` that is not an escape.
    func broken(_ line: [UInt8]) -> [UInt8]? {
        guard let limit, line.count + tailWidth > limit else { return line }
        var lines: [UInt8] = []
        lines.reserveCapacity(line.count + line.count / 16 + 8)
        var start = 0
        while start < line.count, line.count - start + tailWidth > limit {
            let fits = line.count - start < limit
            guard let end = breakPosition(in: line, from: start, limit: limit) ?? (fits ? line.count : nil)
            else { return nil }
            lines.append(contentsOf: line[start..<end])
            lines.append(UInt8(ascii: "="))
            lines.append(contentsOf: lineEnd.bytes)
            start = end
        }
        lines.append(contentsOf: line[start...])
        return lines
    }

    /// The last good position to break at, or the last permitted one.
    private func breakPosition(in line: [UInt8], from start: Int, limit: Int) -> Int? {
        // At least one byte goes to the next line: a soft break in front of nothing is odd, if legal.
        let furthest = max(start + 1, min(start + limit - 1, line.count - 1))
        var permitted: Int?
        var position = furthest
        while position > start {
            if isPermitted(position, in: line) {
                if isGood(position, in: line) { return position }
                permitted = permitted ?? position
            }
            position -= 1
        }
        return permitted
    }

    /// Not inside `=XX`, nor within two bytes behind an `=` that is not an escape: some reader might yet see one.
    private func isPermitted(_ position: Int, in line: [UInt8]) -> Bool {
        line[position - 1] != UInt8(ascii: "=") && (position < 2 || line[position - 2] != UInt8(ascii: "="))
    }

    /// Not between two raw 8-bit bytes, which may be one character, and not where the next line would mean
    /// something to software along the way: a lone dot (RFC 5321 section 4.5.2), an mbox separator, a boundary.
    private func isGood(_ position: Int, in line: [UInt8]) -> Bool {
        guard position < line.count else { return false }
        if line[position] >= 0x80, line[position - 1] >= 0x80 { return false }
        if line[position] == UInt8(ascii: ".") { return false }
        let rest = line[position...]
        return !rest.starts(with: "From ".utf8) && !rest.starts(with: "--".utf8)
    }
}
