/// From decoded positions back to raw ones.
extension QuotedPrintable {
    /// Where the decoded byte `target` starts in `raw`, found by walking on from a checkpoint at or before it.
    /// The end of `raw` where there is no such byte.
    static func start(
        ofDecoded target: Int, in raw: Bytes, from checkpoint: DecodedContent.Checkpoint
    ) -> Int {
        let end = raw.count
        var position = checkpoint.raw
        var decoded = checkpoint.decoded
        while position < end {
            let run = plainRun(from: position, atMost: target &- decoded, in: raw)
            if run > 0 {
                position &+= run
                decoded &+= run
                continue
            }
            guard position < end else { break }
            let byte = raw[position]
            switch byte {
            case UInt8(ascii: "="):
                switch escape(at: position, in: raw) {
                case .softBreak(let next):
                    position = next
                    continue
                case .byte:
                    if decoded == target { return position }
                    position += 3
                case .literal:
                    if decoded == target { return position }
                    position += 1
                }
                decoded += 1
            case 0x20, 0x09:
                // A run of white space counts, or it does not, as a whole.
                let next = endOfWhiteSpace(from: position, in: raw)
                if isLineEnd(next, in: raw) {
                    position = next
                    continue
                }
                if target - decoded < next - position { return position + (target - decoded) }
                decoded += next - position
                position = next
            default:
                if decoded == target { return position }
                decoded += 1
                position += 1
            }
        }
        return end
    }

    /// How many of the next sixteen bytes, and no more than `limit`, decode to themselves: no escape, no line end,
    /// and none of the white space that might be before one.
    @inline(__always)
    private static func plainRun(from position: Int, atMost limit: Int, in raw: Bytes) -> Int {
        guard position &+ 16 <= raw.count, let base = raw.baseAddress else { return 0 }
        let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
        var run = min(Bytes.firstLane(special(bytes)) ?? 16, limit)
        while run > 0, base[position &+ run &- 1] <= 0x20 { run &-= 1 }
        return run
    }

    /// Whether a short stretch decodes to itself, at a glance: a no may be wrong.
    static func decodesToItself(_ range: ByteRange, in raw: Bytes) -> Bool {
        range.count <= 16 && plainRun(from: range.start, atMost: range.count, in: raw) == range.count
    }

    /// The end of the decoded byte that starts at `position`: past an escape's digits, or past the byte itself.
    static func end(ofByteAt position: Int, in raw: Bytes) -> Int {
        guard position < raw.count else { return raw.count }
        if raw[position] == UInt8(ascii: "="), case .byte = escape(at: position, in: raw) {
            return position + 3
        }
        return position + 1
    }

    /// How many bytes `range` decodes to, a stretch of one line from one decoded byte to another.
    static func decodedCount(of range: ByteRange, in raw: Bytes) -> Int {
        var position = range.start
        var count = 0
        while position < range.end {
            if raw[position] == 0x20 || raw[position] == 0x09 {
                let next = endOfWhiteSpace(from: position, in: raw)
                if !isLineEnd(next, in: raw) { count += min(next, range.end) - position }
                position = next
            } else {
                position = end(ofByteAt: position, in: raw)
                count += 1
            }
        }
        return count
    }

    private static func endOfWhiteSpace(from position: Int, in raw: Bytes) -> Int {
        var next = position
        while next < raw.count, raw[next] == 0x20 || raw[next] == 0x09 { next += 1 }
        return next
    }

    /// Whether a line, or everything, ends at `position`.
    private static func isLineEnd(_ position: Int, in raw: Bytes) -> Bool {
        guard position < raw.count else { return true }
        if raw[position] == 0x0A { return true }
        return raw[position] == 0x0D && position + 1 < raw.count && raw[position + 1] == 0x0A
    }
}
