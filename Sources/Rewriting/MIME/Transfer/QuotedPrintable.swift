/// Reading quoted-printable (RFC 2045 section 6.7) as tolerantly as mail readers do: lower-case digits are
/// digits, white space behind a soft break's `=` and before any line end goes away, and an `=` that starts
/// neither an escape nor a soft break stands for itself.
enum QuotedPrintable {
    /// What stands at an `=`.
    enum Escape: Equatable {
        /// `=XX`: one byte, three characters long.
        case byte(UInt8)
        /// A soft line break; the line goes on at the position given.
        case softBreak(end: Int)
        /// Neither: the `=` is text.
        case literal
    }

    /// Decodes `raw` in one pass. The checkpoints stand no further than about `DecodedContent.stride` raw
    /// bytes apart, white space that is dropped excepted.
    static func decode(_ raw: Bytes) -> (bytes: [UInt8], checkpoints: [DecodedContent.Checkpoint]) {
        var checkpoints: [DecodedContent.Checkpoint] = []
        guard let input = raw.baseAddress else { return ([], []) }
        let end = raw.count
        checkpoints.reserveCapacity(end / DecodedContent.stride)
        let bytes = [UInt8](unsafeUninitializedCapacity: end) { buffer, count in
            // The output never overtakes the input, so wherever eight bytes can be read, eight can be written.
            guard let output = buffer.baseAddress else { return }
            var position = 0
            var decoded = 0
            var endsInSoftBreak = false
            while position < end {
                let bound = min(end, position &+ DecodedContent.stride)
                scan: while position < bound {
                    // Everything up to the next '=' or LF is text: copy it a word at a time.
                    while position &+ 8 <= bound {
                        let word = UnsafeRawPointer(input + position).loadUnaligned(as: UInt64.self)
                        UnsafeMutableRawPointer(output + decoded).storeBytes(of: word, as: UInt64.self)
                        let hit = special(UInt64(littleEndian: word))
                        guard hit == 0 else {
                            let run = hit.trailingZeroBitCount &>> 3
                            position &+= run
                            decoded &+= run
                            break
                        }
                        position &+= 8
                        decoded &+= 8
                    }
                    guard position < bound else { break scan }
                    let byte = input[position]
                    if byte == UInt8(ascii: "=") {
                        switch escape(at: position, in: raw) {
                        case .byte(let value):
                            output[decoded] = value
                            decoded &+= 1
                            position &+= 3
                        case .softBreak(let next):
                            position = next
                            endsInSoftBreak = next == end
                        case .literal:
                            output[decoded] = byte
                            decoded &+= 1
                            position &+= 1
                        }
                    } else if byte == 0x0A {
                        // RFC 2045 6.7 (3): white space at a line's end was added on the way.
                        if position > 0, input[position &- 1] <= 0x20 {
                            let hasReturn = input[position &- 1] == 0x0D
                            let text = hasReturn ? position &- 1 : position
                            decoded &-= (hasReturn ? 1 : 0) &+ whiteSpace(before: text, in: raw)
                            while let last = checkpoints.last, last.decoded > decoded {
                                checkpoints.removeLast()
                            }
                            if hasReturn {
                                output[decoded] = 0x0D
                                decoded &+= 1
                            }
                        }
                        output[decoded] = 0x0A
                        decoded &+= 1
                        position &+= 1
                    } else {
                        output[decoded] = byte
                        decoded &+= 1
                        position &+= 1
                    }
                }
                if position < end {
                    checkpoints.append(.init(decoded: decoded, raw: position))
                }
            }
            if !endsInSoftBreak {
                decoded &-= whiteSpace(before: end, in: raw)
                while let last = checkpoints.last, last.decoded > decoded { checkpoints.removeLast() }
            }
            count = decoded
        }
        return (bytes, checkpoints)
    }

    /// Reads what the `=` at `position` starts.
    @inline(__always)
    static func escape(at position: Int, in raw: Bytes) -> Escape {
        let end = raw.count
        if position &+ 2 < end, let high = ASCII.hexValue(raw[position &+ 1]),
            let low = ASCII.hexValue(raw[position &+ 2])
        {
            return .byte(high &<< 4 | low)
        }
        return softBreak(at: position, in: raw).map { .softBreak(end: $0) } ?? .literal
    }

    /// Where the line goes on, if a soft break starts at the `=` at `position`.
    @inline(__always)
    private static func softBreak(at position: Int, in raw: Bytes) -> Int? {
        var next = position &+ 1
        while next < raw.count, raw[next] == 0x20 || raw[next] == 0x09 { next &+= 1 }
        guard next < raw.count else { return next }
        if raw[next] == 0x0A { return next &+ 1 }
        if raw[next] == 0x0D, next &+ 1 < raw.count, raw[next &+ 1] == 0x0A { return next &+ 2 }
        return nil
    }

    /// How many spaces and tabs stand right before `position`.
    static func whiteSpace(before position: Int, in raw: Bytes) -> Int {
        var start = position
        while start > 0, raw[start &- 1] == 0x20 || raw[start &- 1] == 0x09 { start &-= 1 }
        return position &- start
    }

    /// Marks the lowest byte of `word` that is '=' or LF by its top bit (bits above it mean nothing).
    @inline(__always)
    static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let equals = word ^ 0x3D3D_3D3D_3D3D_3D3D
        let feeds = word ^ 0x0A0A_0A0A_0A0A_0A0A
        return ((equals &- ones) & ~equals | (feeds &- ones) & ~feeds) & 0x8080_8080_8080_8080
    }
}
