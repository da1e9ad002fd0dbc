/// Looks up the named character references of HTML.
enum NamedCharacterReferences {
    /// The longest name that HTML knows without a semicolon (`middot`, `frac12`, …).
    static let longestLegacyName = 6
    /// The longest name, semicolon included (`CounterClockwiseContourIntegral;`).
    static let longestName = 32

    /// Where each line of the table begins, one more entry for its end.
    private static let lineStarts: [Int] = {
        var starts = [0]
        NamedCharacterReferenceTable.lines.withUTF8Buffer { table in
            for index in table.indices where table[index] == UInt8(ascii: "\n") { starts.append(index + 1) }
            starts.append(table.count + 1)
        }
        return starts
    }()

    /// The characters that `name` stands for, in UTF-8. `name` carries its semicolon if it has one.
    static func characters(for name: Slice<Bytes>) -> [UInt8]? {
        NamedCharacterReferenceTable.lines.withUTF8Buffer { table in
            var low = 0
            var high = lineStarts.count - 1
            while low < high {
                let middle = (low + high) / 2
                let line = lineStarts[middle]
                switch compare(name, table, line) {
                case 0: return utf8(table, from: line + name.count + 1, to: lineStarts[middle + 1] - 1)
                case ..<0: high = middle
                default: low = middle + 1
                }
            }
            return nil
        }
    }

    /// Below 0, 0 or above 0 as `name` sorts before, at or after the name on the line.
    private static func compare(_ name: Slice<Bytes>, _ table: Bytes, _ line: Int) -> Int {
        var position = line
        for byte in name {
            let other = table[position]
            if other == UInt8(ascii: " ") { return 1 }
            if byte != other { return byte < other ? -1 : 1 }
            position += 1
        }
        return table[position] == UInt8(ascii: " ") ? 0 : -1
    }

    private static func utf8(_ table: Bytes, from start: Int, to end: Int) -> [UInt8] {
        var characters: [UInt8] = []
        for code in table[start..<end].split(separator: UInt8(ascii: " ")) {
            var value: UInt32 = 0
            for digit in code { value = value << 4 | UInt32(ASCII.hexValue(digit) ?? 0) }
            characters.append(codePoint: value)
        }
        return characters
    }
}

extension [UInt8] {
    /// Appends a code point in UTF-8; what is none becomes U+FFFD.
    mutating func append(codePoint: UInt32) {
        append(
            contentsOf: UTF8.encode(Unicode.Scalar(codePoint) ?? "\u{FFFD}")
                ?? UTF8.encodedReplacementCharacter)
    }
}
