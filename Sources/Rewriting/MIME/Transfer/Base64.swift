/// Reading base64 (RFC 2045 section 6.8): groups of four digits, whatever stands between them. What readers
/// disagree about is decoded too, so that the links in it can be reported, but it counts as damage.
enum Base64 {
    /// What base64 decodes to.
    struct Decoded {
        var bytes: [UInt8] = []
        var checkpoints: [DecodedContent.Checkpoint] = []
        /// Readers disagree: bytes that are neither digits nor white space, digits behind padding, padding where
        /// none belongs, a single digit left over.
        var isDamaged = false
        /// False where the last group is short and nothing fills it up.
        var isPadded = true
    }

    /// What a byte is: a digit below 64, or one of the below.
    static let pad: UInt8 = 64
    static let space: UInt8 = 65
    static let alien: UInt8 = 66

    /// How many raw bytes lie between two checkpoints. A look-up walks that far.
    private static let stride = 256

    /// Decodes `raw` in one pass.
    static func decode(_ raw: Bytes) -> Decoded {
        var result = Decoded()
        guard let input = raw.baseAddress else { return result }
        let end = raw.count
        result.checkpoints.reserveCapacity(end / Base64.stride + 1)
        result.bytes = [UInt8](unsafeUninitializedCapacity: end / 4 * 3 + 8) { buffer, count in
            guard let output = buffer.baseAddress else { return }
            Tables.shared.withUnsafe { groups, classes in
                var position = 0
                var decoded = 0
                var isFinished = false
                while position < end {
                    let bound = min(end, position &+ Base64.stride)
                    while position < bound {
                        let start = position
                        // Groups in one piece. Four bytes are written for three; the capacity allows for it.
                        while position &+ 4 <= bound {
                            let group =
                                groups[Int(input[position])]
                                | groups[256 &+ Int(input[position &+ 1])]
                                | groups[512 &+ Int(input[position &+ 2])]
                                | groups[768 &+ Int(input[position &+ 3])]
                            guard group <= 0xFF_FFFF else { break }
                            UnsafeMutableRawPointer(output + decoded)
                                .storeBytes(of: group.littleEndian, as: UInt32.self)
                            position &+= 4
                            decoded &+= 3
                        }
                        if isFinished, position > start { result.isDamaged = true }
                        // A line's end is the usual reason for having stopped.
                        let stop = position
                        while position < bound, input[position] == 0x0D || input[position] == 0x0A {
                            position &+= 1
                        }
                        guard position == stop, position < bound else { continue }
                        let group = Group(at: &position, in: raw, classes: classes)
                        if group.isDamaged || isFinished && !group.isEmpty { result.isDamaged = true }
                        if group.digits > 0, !group.isComplete, group.pads == 0 { result.isPadded = false }
                        isFinished = isFinished || group.pads > 0
                        for index in 0..<group.byteCount {
                            output[decoded] = UInt8(
                                truncatingIfNeeded: group.bits &>> UInt32(16 &- 8 &* index))
                            decoded &+= 1
                        }
                    }
                    if position < end {
                        result.checkpoints.append(.init(decoded: decoded, raw: position))
                    }
                }
                count = decoded
            }
        }
        return result
    }

    /// Four characters that may stand apart, padding included, or what is left of them at the end.
    private struct Group {
        var bits: UInt32 = 0
        var digits = 0
        var pads = 0
        var isDamaged = false
        private var isReadable = true

        var isEmpty: Bool { digits + pads == 0 }
        var isComplete: Bool { digits + pads == 4 }
        /// A single digit carries no byte, and neither does padding alone.
        var byteCount: Int { isReadable ? max(0, digits - 1) : 0 }

        init(at position: inout Int, in raw: Bytes, classes: UnsafeBufferPointer<UInt8>) {
            var hasAlien = false
            while position < raw.count, digits + pads < 4 {
                let value = classes[Int(raw[position])]
                position += 1
                switch value {
                case Base64.space: continue
                case Base64.alien: hasAlien = true
                case Base64.pad: pads += 1
                default:
                    if pads > 0 { isReadable = false }
                    bits |= UInt32(value) &<< UInt32(truncatingIfNeeded: 18 &- 6 &* (digits + pads))
                    digits += 1
                }
            }
            // Complete groups end in one pad or two; a rest has two or three digits and no padding at all.
            let isSound = isComplete ? digits >= 2 : (digits == 0 || digits >= 2) && pads == 0
            isDamaged = hasAlien || !isReadable || !isSound
        }
    }

    /// The position behind `count` digits or pads, counted from `start`, or behind the last one there is;
    /// `skipsToNext` goes on to the digit that follows, if one does.
    static func position(
        afterDigits count: Int, from start: Int, skipsToNext: Bool, in raw: Bytes
    ) -> Int {
        var behind = start
        var position = start
        var left = count
        Tables.shared.withUnsafe { _, classes in
            while position < raw.count {
                if classes[Int(raw[position])] <= pad {
                    if left == 0 {
                        if skipsToNext { behind = position }
                        return
                    }
                    left -= 1
                    behind = position + 1
                }
                if left == 0, !skipsToNext { return }
                position += 1
            }
        }
        return behind
    }

    /// How many digits and pads stand in `range`.
    static func digitCount(in range: ByteRange, of raw: Bytes) -> Int {
        Tables.shared.withUnsafe { _, classes in
            var count = 0
            for position in range.start..<max(range.start, min(range.end, raw.count))
            where classes[Int(raw[position])] <= pad { count += 1 }
            return count
        }
    }
}
