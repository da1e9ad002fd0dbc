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

    /// How many raw bytes lie between two checkpoints, about. A look-up walks that far.
    private static let stride = 64

    /// Decodes `raw` in one pass. The checkpoints stand no further than about `stride` raw
    /// bytes apart, white space that is dropped excepted.
    static func decode(_ raw: Bytes) -> (bytes: [UInt8], checkpoints: [DecodedContent.Checkpoint]) {
        var checkpoints: [DecodedContent.Checkpoint] = []
        guard let input = raw.baseAddress else { return ([], []) }
        let end = raw.count
        checkpoints.reserveCapacity(end / stride)
        let bytes = [UInt8](unsafeUninitializedCapacity: end) { buffer, count in
            // The output never overtakes the input, so wherever sixteen bytes can be read, as many can be written.
            guard let output = buffer.baseAddress else { return }
            var position = 0
            var decoded = 0
            var endsInSoftBreak = false
            while position < end {
                let bound = min(end, position &+ stride)
                while position < bound {
                    // Everything up to the next '=' or LF is text: copy it sixteen at a time.
                    if position &+ 16 <= end {
                        let bytes = UnsafeRawPointer(input + position)
                            .loadUnaligned(as: SIMD16<UInt8>.self)
                        UnsafeMutableRawPointer(output + decoded).storeBytes(
                            of: bytes, as: SIMD16<UInt8>.self)
                        let run = Bytes.firstLane(special(bytes))
                        position &+= run ?? 16
                        decoded &+= run ?? 16
                        if run == nil { continue }
                    }
                    let byte = input[position]
                    if byte == UInt8(ascii: "=") {
                        // Escapes and soft breaks come in no order: they are told apart without a branch.
                        if position &+ 2 < end {
                            let (first, second) = (input[position &+ 1], input[position &+ 2])
                            let (high, low) = (hexValue(first), hexValue(second))
                            let isByte = high | low < 16
                            let isSoftBreak = first == 0x0D && second == 0x0A
                            if isByte || isSoftBreak {
                                output[decoded] = high &<< 4 | low
                                decoded &+= isByte ? 1 : 0
                                position &+= 3
                                endsInSoftBreak = isSoftBreak && position == end
                                continue
                            }
                        }
                        if let next = softBreak(at: position, in: raw) {
                            position = next
                            endsInSoftBreak = next == end
                        } else {
                            output[decoded] = byte
                            decoded &+= 1
                            position &+= 1
                        }
                    } else if byte == 0x0A {
                        // RFC 2045 6.7 (3): white space at a line's end was added on the way.
                        let hasText =
                            position > 1 && input[position &- 1] == 0x0D && input[position &- 2] > 0x20
                        if !hasText, position > 0, input[position &- 1] <= 0x20 {
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
        if position &+ 2 < raw.count {
            let (first, second) = (raw[position &+ 1], raw[position &+ 2])
            if first == 0x0D, second == 0x0A { return .softBreak(end: position &+ 3) }
            let (high, low) = (hexValue(first), hexValue(second))
            if high | low < 16 { return .byte(high &<< 4 | low) }
        }
        return softBreak(at: position, in: raw).map { .softBreak(end: $0) } ?? .literal
    }

    /// The value of a hexadecimal digit, more than 15 where it is none. Without a branch, as digits come at random.
    @inline(__always)
    private static func hexValue(_ byte: UInt8) -> UInt8 {
        let digit = byte &- 0x30
        let letter = (byte | 0x20) &- 0x61
        return digit < 10 ? digit : letter < 6 ? letter &+ 10 : 0xFF
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

    /// Which of sixteen bytes are '=' or LF. For the types see `areNotPrintable(_:)`.
    @inline(__always)
    static func special(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        (bytes .== SIMD16<UInt8>(repeating: 0x3D)) .| (bytes .== SIMD16<UInt8>(repeating: 0x0A))
    }
}
