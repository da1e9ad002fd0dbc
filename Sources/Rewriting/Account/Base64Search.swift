import CVectors

/// Looks for default domains in base64 without decoding it. An attachment of megabytes has to be searched and
/// holds none, as a rule; decoding costs several times as much as this and needs the room besides.
///
/// A dot with the bytes beside it makes two neighbouring digits of a group known, whichever of the group's three
/// bytes it is: `k.r` is `Ln??`, `?y5?`, or `??su`. Lines are of whole groups, so that each of sixteen digits is known
/// to be the first to fourth of its group, and one comparison looks for all three.
struct Base64Search {
    /// What the digits of a group and those behind them are where the dot is the group's byte of the same number.
    private struct Pattern {
        var first: SIMD16<UInt8>
        var second: SIMD16<UInt8>
        /// The same where the letter behind the dot is a capital.
        var capital: SIMD16<UInt8>

        /// The same for one group.
        var pairs: digit_pairs {
            func group(_ digits: SIMD16<UInt8>) -> (UInt8, UInt8, UInt8, UInt8) {
                (digits[0], digits[1], digits[2], digits[3])
            }
            return digit_pairs(first: group(first), second: group(second), other_second: group(capital))
        }
    }

    private let needles: [DefaultHosts.Needle]
    /// One for each needle.
    private let patterns: [Pattern]
    private let pairs: [digit_pairs]

    init(_ hosts: DefaultHosts) {
        needles = hosts.needles
        patterns = hosts.needles.map { needle in
            let before = needle.text[needle.dot - 1]
            let behind = needle.text[needle.dot + 1]
            let capital = ASCII.isLetter(behind) ? behind & ~0x20 : behind
            // The case of a letter is its bit 5, which matters in one of the three places alone.
            let first = [11, (before & 3) << 4 | 2, (before & 15) << 2]
            let second = [32 | behind >> 4, 0x38 | behind >> 6, 46]
            return Pattern(
                first: Base64Search.repeated(first), second: Base64Search.repeated(second),
                capital: Base64Search.repeated([32 | capital >> 4] + second[1...]))
        }
        pairs = patterns.map(\.pairs)
    }

    /// The digits of three values in their places of each group; the fourth holds what is no digit.
    private static func repeated(_ values: [UInt8]) -> SIMD16<UInt8> {
        var digits = SIMD16<UInt8>(repeating: 0)
        for lane in 0..<16 where lane % 4 < 3 { digits[lane] = Base64.alphabet[Int(values[lane % 4])] }
        return digits
    }

    /// Beyond this decoding is cheaper.
    private static let mostPatterns = 12

    /// Whether letters of a default domain might stand in what `raw` decodes to. Always true where `raw` is not
    /// as encoders write it: lines of whole groups, nothing but digits in them, padding at the very end.
    func mayFind(in raw: Bytes) -> Bool {
        if patterns.count > Base64Search.mostPatterns { return true }
        return patterns.withUnsafeBufferPointer { mayFind(in: raw, $0) }
    }

    private func mayFind(in raw: Bytes, _ patterns: UnsafeBufferPointer<Pattern>) -> Bool {
        var start = 0
        var length = 0
        while start < raw.count {
            // Mostly as long as the line before. If another one ended in between, its LF would be no digit.
            let expected = start + length
            let isExpected = length > 0 && expected <= raw.count && raw[expected - 1] == 0x0A
            let lineEnd = isExpected ? expected : PhysicalLines.end(of: start, in: raw)
            length = lineEnd - start
            var end = PhysicalLines.endOfText(of: ByteRange(start, lineEnd), in: raw)
            if (end - start) % 4 != 0 { return true }
            if end > start, raw[end - 1] == UInt8(ascii: "=") {
                // The last group, which is looked at as well as it can be: one byte or two.
                for rest in lineEnd..<raw.count where raw[rest] != 0x0D && raw[rest] != 0x0A { return true }
                end -= 4
                if lastGroupIsOdd(at: end, in: raw) { return true }
            }
            if mayFind(in: ByteRange(start, end), of: raw, patterns) { return true }
            start = lineEnd + quietLines(behind: ByteRange(start, lineEnd), digits: end - start, of: raw)
        }
        return false
    }

    /// How many bytes the lines take that come next, are like `line`, and have nothing to be found in them.
    private func quietLines(behind line: ByteRange, digits: Int, of raw: Bytes) -> Int {
        guard let base = raw.baseAddress, digits < line.count else { return 0 }
        let lines = (raw.count - line.end) / line.count
        return line.count
            * count_quiet_base64_lines(base + line.start, digits, line.count, lines, pairs, pairs.count)
    }

    /// Whether the padded group is anything but digits and then padding. What stands in it is too short for a
    /// domain to begin there; its digits count when the groups before it promise one.
    private func lastGroupIsOdd(at start: Int, in raw: Bytes) -> Bool {
        !(Base64Search.isDigit(raw[start]) && Base64Search.isDigit(raw[start + 1])
            && (Base64Search.isDigit(raw[start + 2]) || raw[start + 2] == UInt8(ascii: "=")))
    }

    @inline(__always)
    private func mayFind(
        in line: ByteRange, of raw: Bytes, _ patterns: UnsafeBufferPointer<Pattern>
    ) -> Bool {
        guard let base = raw.baseAddress, !patterns.isEmpty, !line.isEmpty else { return false }
        guard line.count >= 16, line.end < raw.count else { return mayFindSlowly(in: line, of: raw) }
        var position = line.start
        while true {
            let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
            let next = UnsafeRawPointer(base + position + 1).loadUnaligned(as: SIMD16<UInt8>.self)
            var hits = Base64Search.areAlien(bytes)
            for index in 0..<patterns.count {
                hits = hits .| Base64Search.lanes(of: bytes, next, like: patterns[index])
            }
            if hits.bits != 0, mayFind(in: bytes, next, at: position, of: raw) { return true }
            // The last step overlaps the one before.
            if position &+ 16 >= line.end { return false }
            position = min(position &+ 16, line.end &- 16)
        }
    }

    /// Looks closely at sixteen digits among which a pattern was found, or what is no digit.
    @inline(never)
    private func mayFind(
        in bytes: SIMD16<UInt8>, _ next: SIMD16<UInt8>, at position: Int, of raw: Bytes
    ) -> Bool {
        if Base64Search.areAlien(bytes).bits != 0 { return true }
        for (index, pattern) in patterns.enumerated() {
            let lanes = Base64Search.lanes(of: bytes, next, like: pattern)
            if mayFind(needles[index], lanes.bits, at: position, of: raw) { return true }
        }
        return false
    }

    /// The lanes with a digit of the pattern and the next one behind it.
    @inline(__always)
    private static func lanes(
        of bytes: SIMD16<UInt8>, _ next: SIMD16<UInt8>, like pattern: Pattern
    ) -> SIMDMask<SIMD16<Int8>> {
        (bytes .== pattern.first) .& ((next .== pattern.second) .| (next .== pattern.capital))
    }

    /// Compares the letters at the lanes in which a pattern was found. The first lane begins a group.
    private func mayFind(
        _ needle: DefaultHosts.Needle, _ lanes: UInt64, at position: Int, of raw: Bytes
    ) -> Bool {
        var lanes = lanes
        while lanes != 0 {
            let lane = lanes.trailingZeroBitCount
            if stands(needle, dotIn: position + lane / 4 * 4, byte: lane % 4, of: raw) { return true }
            lanes &= lanes - 1
        }
        return false
    }

    /// The same, byte by byte: for lines that are shorter than a vector, and the last bytes of all.
    private func mayFindSlowly(in line: ByteRange, of raw: Bytes) -> Bool {
        for position in line.start..<line.end {
            if !Base64Search.isDigit(raw[position]) { return true }
            let offset = (position - line.start) % 4
            for (index, pattern) in patterns.enumerated()
            where position + 1 < raw.count && raw[position] == pattern.first[offset]
                && (raw[position + 1] == pattern.second[offset]
                    || raw[position + 1] == pattern.capital[offset])
            {
                if stands(needles[index], dotIn: position - offset, byte: offset, of: raw) { return true }
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
