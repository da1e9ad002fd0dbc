/// Decodes quoted-printable in one pass, by the rules of ``QuotedPrintable``.
///
/// Where the next `=` or LF stands is found out for 64 bytes at once, as bits of one number: going from one to the
/// next does not wait for the bytes between them to be read.
struct QuotedPrintableDecoder {
    private let raw: Bytes
    private let input: UnsafePointer<UInt8>
    /// It never gets as far as the input.
    private let output: UnsafeMutablePointer<UInt8>
    private var position = 0
    /// How many bytes the output has.
    private var decoded = 0
    private var endsInSoftBreak = false

    /// How many raw bytes lie between two checkpoints, about. A look-up walks that far.
    private static let stride = 64

    /// Decodes `raw`. The checkpoints stand no further than about `stride` raw bytes apart, white space that is
    /// dropped excepted.
    static func decode(_ raw: Bytes) -> (bytes: [UInt8], checkpoints: [DecodedContent.Checkpoint]) {
        guard let input = raw.baseAddress else { return ([], []) }
        var checkpoints: [DecodedContent.Checkpoint] = []
        let bytes = [UInt8](unsafeUninitializedCapacity: raw.count) { buffer, count in
            guard let output = buffer.baseAddress else { return }
            checkpoints.reserveCapacity(raw.count / stride)
            var decoder = QuotedPrintableDecoder(raw: raw, input: input, output: output)
            decoder.decode(&checkpoints)
            count = decoder.decoded
        }
        return (bytes, checkpoints)
    }

    @inline(__always)
    private mutating func decode(_ checkpoints: inout [DecodedContent.Checkpoint]) {
        // What is copied along with a block's last run lies behind it.
        while position &+ 2 &* Self.stride <= raw.count {
            block(&checkpoints)
            note(&checkpoints)
        }
        while position < raw.count {
            let bound = min(raw.count, position &+ Self.stride)
            while position < bound {
                let byte = input[position]
                if byte == UInt8(ascii: "=") {
                    equalsSign()
                } else if byte == 0x0A {
                    lineFeed(&checkpoints)
                } else {
                    put(byte)
                    position &+= 1
                }
            }
            note(&checkpoints)
        }
        if !endsInSoftBreak { takeBack(QuotedPrintable.whiteSpace(before: raw.count, in: raw), &checkpoints) }
    }

    /// Decodes 64 bytes, and what begins in them.
    @inline(__always)
    private mutating func block(_ checkpoints: inout [DecodedContent.Checkpoint]) {
        let start = position
        var specials = Self.specials(in: input + start)
        while specials != 0 {
            copy(upTo: start &+ specials.trailingZeroBitCount)
            if input[position] == UInt8(ascii: "=") { equalsSign() } else { lineFeed(&checkpoints) }
            let done = position &- start
            if done >= Self.stride { return }
            specials &= ~0 &<< UInt64(truncatingIfNeeded: done)
        }
        copy(upTo: start &+ Self.stride)
    }

    /// Copies text: no more than 64 bytes, and some that are overwritten.
    @inline(__always)
    private mutating func copy(upTo next: Int) {
        let source = UnsafeRawPointer(input + position)
        let target = UnsafeMutableRawPointer(output + decoded)
        let count = next &- position
        target.storeBytes(of: source.loadUnaligned(as: SIMD32<UInt8>.self), as: SIMD32<UInt8>.self)
        if count > 32 {
            (target + 32).storeBytes(
                of: (source + 32).loadUnaligned(as: SIMD32<UInt8>.self), as: SIMD32<UInt8>.self)
        }
        decoded &+= count
        position = next
    }

    /// Which of 64 bytes are `=` or LF.
    @inline(__always)
    private static func specials(in bytes: UnsafePointer<UInt8>) -> UInt64 {
        let place = UnsafeRawPointer(bytes)
        @inline(__always)
        func bits(_ offset: Int) -> UInt64 {
            QuotedPrintable.special((place + offset).loadUnaligned(as: SIMD16<UInt8>.self)).bits
        }
        return bits(0) | bits(16) &<< 16 | bits(32) &<< 32 | bits(48) &<< 48
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        output[decoded] = byte
        decoded &+= 1
    }

    /// Decodes what an `=` starts.
    @inline(__always)
    private mutating func equalsSign() {
        // Escapes and soft breaks come in no order: they are told apart without a branch.
        if position &+ 2 < raw.count {
            let (first, second) = (input[position &+ 1], input[position &+ 2])
            let (high, low) = (QuotedPrintable.hexValue(first), QuotedPrintable.hexValue(second))
            let isByte = high | low < 16
            let isSoftBreak = first == 0x0D && second == 0x0A
            if isByte || isSoftBreak {
                output[decoded] = high &<< 4 | low
                decoded &+= isByte ? 1 : 0
                position &+= 3
                endsInSoftBreak = isSoftBreak && position == raw.count
                return
            }
        }
        if let next = QuotedPrintable.softBreak(at: position, in: raw) {
            position = next
            endsInSoftBreak = next == raw.count
        } else {
            put(UInt8(ascii: "="))
            position &+= 1
        }
    }

    /// Ends a line. RFC 2045 section 6.7 (3): white space at its end was added on the way.
    @inline(__always)
    private mutating func lineFeed(_ checkpoints: inout [DecodedContent.Checkpoint]) {
        let hasText = position > 1 && input[position &- 1] == 0x0D && input[position &- 2] > 0x20
        if !hasText, position > 0, input[position &- 1] <= 0x20 {
            let hasReturn = input[position &- 1] == 0x0D
            let text = hasReturn ? position &- 1 : position
            takeBack((hasReturn ? 1 : 0) &+ QuotedPrintable.whiteSpace(before: text, in: raw), &checkpoints)
            if hasReturn { put(0x0D) }
        }
        put(0x0A)
        position &+= 1
    }

    /// Drops the last bytes, which were text as long as nobody knew what follows.
    @inline(__always)
    private mutating func takeBack(_ count: Int, _ checkpoints: inout [DecodedContent.Checkpoint]) {
        decoded &-= count
        Self.remove(behind: decoded, &checkpoints)
    }

    @inline(never)
    private static func remove(behind decoded: Int, _ checkpoints: inout [DecodedContent.Checkpoint]) {
        while let last = checkpoints.last, last.decoded > decoded { checkpoints.removeLast() }
    }

    /// Notes that the decoder is between two bytes.
    @inline(__always)
    private func note(_ checkpoints: inout [DecodedContent.Checkpoint]) {
        if position < raw.count { checkpoints.append(.init(decoded: decoded, raw: position)) }
    }
}
