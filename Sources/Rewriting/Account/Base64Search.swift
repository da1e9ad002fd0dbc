/// Looks for default domains in base64 without decoding it. An attachment of megabytes has to be searched and
/// holds none, as a rule; decoding costs several times as much as this and needs the room besides.
///
/// A dot with the bytes beside it makes two neighbouring digits of a group known, whichever of the group's three
/// bytes it is: `k.r` is `?y5?`, `??su`, or `Ln??`. Those pairs are looked for at once, and what they promise is
/// then compared letter by letter.
struct Base64Search {
    /// Two neighbouring digits that a dot and its neighbours come to.
    private struct Pair {
        var first: SIMD16<UInt8>
        var second: SIMD16<UInt8>
        /// Which digit of its group the first one is; the dot is the group's byte of the same number.
        var offset: Int
        /// Which of the needles.
        var needle: Int
    }

    private let needles: [DefaultHosts.Needle]
    private let pairs: [Pair]

    init(_ hosts: DefaultHosts) {
        needles = hosts.needles
        pairs = hosts.needles.enumerated().flatMap { index, needle in
            let before = needle.text[needle.dot - 1]
            let behind = needle.text[needle.dot + 1]
            // The case of a letter is its bit 5, which matters in one of the three places alone.
            let other = ASCII.isLetter(behind) ? [behind, behind & ~0x20] : [behind]
            var digits = [(1, (before & 3) << 4 | 2, 0x38 | behind >> 6), (2, (before & 15) << 2, 46)]
            for behind in other { digits.append((0, 11, 32 | behind >> 4)) }
            return digits.map { offset, first, second in
                Pair(
                    first: SIMD16(repeating: Base64.alphabet[Int(first)]),
                    second: SIMD16(repeating: Base64.alphabet[Int(second)]), offset: offset, needle: index)
            }
        }
    }

    /// Beyond this decoding is cheaper.
    private static let mostPairs = 16

    /// Whether letters of a default domain might stand in what `raw` decodes to. Always true where `raw` is not
    /// as encoders write it: lines of whole groups, nothing but digits in them, padding at the very end.
    func mayFind(in raw: Bytes) -> Bool {
        if pairs.count > Base64Search.mostPairs { return true }
        var start = 0
        while start < raw.count {
            let lineEnd = PhysicalLines.end(of: start, in: raw)
            var end = PhysicalLines.endOfText(of: ByteRange(start, lineEnd), in: raw)
            if (end - start) % 4 != 0 { return true }
            if end > start, raw[end - 1] == UInt8(ascii: "=") {
                // The last group, which is looked at as well as it can be: one byte or two.
                for rest in lineEnd..<raw.count where raw[rest] != 0x0D && raw[rest] != 0x0A { return true }
                end -= 4
                if lastGroupIsOdd(at: end, in: raw) { return true }
            }
            if mayFind(in: ByteRange(start, end), of: raw) { return true }
            start = lineEnd
        }
        return false
    }

    /// Whether the padded group is anything but digits and then padding. What stands in it is too short for a
    /// domain to begin there; its digits count when the groups before it promise one.
    private func lastGroupIsOdd(at start: Int, in raw: Bytes) -> Bool {
        !(Base64Search.isDigit(raw[start]) && Base64Search.isDigit(raw[start + 1])
            && (Base64Search.isDigit(raw[start + 2]) || raw[start + 2] == UInt8(ascii: "=")))
    }

    private func mayFind(in line: ByteRange, of raw: Bytes) -> Bool {
        guard let base = raw.baseAddress, !pairs.isEmpty else { return false }
        var position = line.start
        while position < line.end {
            // The last step overlaps the one before; a line that is too short for that is a rare thing.
            if position &+ 16 > line.end {
                guard line.count >= 16 else { return mayFindSlowly(in: line, of: raw) }
                position = line.end &- 16
            }
            guard position &+ 17 <= raw.count else { return mayFindSlowly(in: line, of: raw) }
            let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
            let next = UnsafeRawPointer(base + position + 1).loadUnaligned(as: SIMD16<UInt8>.self)
            var hits = Base64Search.areAlien(bytes)
            for pair in pairs { hits .|= (bytes .== pair.first) .& (next .== pair.second) }
            if Base64Search.lanes(hits).isAny {
                if Base64Search.lanes(Base64Search.areAlien(bytes)).isAny { return true }
                for pair in pairs.indices {
                    let lanes = Base64Search.lanes(
                        (bytes .== pairs[pair].first) .& (next .== pairs[pair].second))
                    if lanes.isAny, mayFind(pair, lanes, at: position, of: raw, lineStart: line.start) {
                        return true
                    }
                }
            }
            position &+= 16
        }
        return false
    }

    /// Compares the letters at the lanes in which a pair was found.
    private func mayFind(
        _ pair: Int, _ lanes: Lanes, at position: Int, of raw: Bytes, lineStart: Int
    ) -> Bool {
        var lanes = lanes
        while let lane = lanes.next() {
            let offset = (position + lane - lineStart) % 4
            guard offset == pairs[pair].offset else { continue }
            if stands(needles[pairs[pair].needle], dotIn: position + lane - offset, byte: offset, of: raw) {
                return true
            }
        }
        return false
    }

    /// The lanes of a mask that are set, first one first.
    private struct Lanes {
        var low: UInt64
        var high: UInt64

        var isAny: Bool { low | high != 0 }

        mutating func next() -> Int? {
            if low != 0 {
                let lane = low.trailingZeroBitCount / 8
                low &= ~(0xFF << UInt64(lane * 8))
                return lane
            }
            guard high != 0 else { return nil }
            let lane = high.trailingZeroBitCount / 8
            high &= ~(0xFF << UInt64(lane * 8))
            return lane + 8
        }
    }

    @inline(__always)
    private static func lanes(_ mask: SIMDMask<SIMD16<Int8>>) -> Lanes {
        let words = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        return Lanes(low: words[0].littleEndian, high: words[1].littleEndian)
    }

    /// The same, byte by byte: for lines that are shorter than a vector, and the last bytes of all.
    private func mayFindSlowly(in line: ByteRange, of raw: Bytes) -> Bool {
        for position in line.start..<line.end {
            if !Base64Search.isDigit(raw[position]) { return true }
            let offset = (position - line.start) % 4
            for pair in pairs
            where pair.offset == offset && raw[position] == pair.first[0] && position + 1 < raw.count
                && raw[position + 1] == pair.second[0]
            {
                if stands(needles[pair.needle], dotIn: position - offset, byte: offset, of: raw) {
                    return true
                }
            }
        }
        return false
    }

    /// Whether the letters stand so that their dot is the given byte of the group at `group`.
    private func stands(_ needle: DefaultHosts.Needle, dotIn group: Int, byte: Int, of raw: Bytes) -> Bool {
        // Back to the group in which the first letter is.
        let groupsBefore = max(0, (needle.dot - byte + 2) / 3)
        var position = group
        var digits = groupsBefore * 4
        while digits > 0 {
            guard position > 0 else { return false }
            position -= 1
            if raw[position] != 0x0D, raw[position] != 0x0A { digits -= 1 }
        }
        var skipped = groupsBefore * 3 + byte - needle.dot
        var bits: UInt32 = 0
        var count = 0
        var matched = 0
        return Base64.Tables.shared.withUnsafe { _, classes in
            while matched < needle.text.count, position < raw.count {
                let value = classes[Int(raw[position])]
                position += 1
                if value == Base64.space { continue }
                guard value < Base64.pad else { return false }
                bits = bits << 6 | UInt32(value)
                count += 6
                guard count >= 8 else { continue }
                count -= 8
                if skipped > 0 {
                    skipped -= 1
                    continue
                }
                let letter = UInt8(truncatingIfNeeded: bits >> UInt32(count))
                if ASCII.lowercased(letter) != needle.text[matched] { return false }
                matched += 1
            }
            return matched == needle.text.count
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
    }

    /// Which bytes are not of the alphabet.
    @inline(__always)
    private static func areAlien(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        // The types are spelled out for the reason given at `areNotPrintable(_:)`.
        let letters = (bytes | SIMD16<UInt8>(repeating: 0x20)) &- SIMD16<UInt8>(repeating: 0x61)
        let slashAndDigits = bytes &- SIMD16<UInt8>(repeating: 0x2F)
        return (letters .>= SIMD16<UInt8>(repeating: 26)) .& (slashAndDigits .>= SIMD16<UInt8>(repeating: 11))
            .& (bytes .!= SIMD16<UInt8>(repeating: 0x2B))
    }
}
