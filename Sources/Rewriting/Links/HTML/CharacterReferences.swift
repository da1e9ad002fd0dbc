/// Resolves HTML character references (WHATWG HTML, sections 13.2.5.72 to 13.2.5.80).
enum CharacterReferences {
    /// The text of `range` in the view with its references resolved.
    ///
    /// - Parameter inAttribute: the rule for attribute values, by which `&copy=1` is no reference.
    static func decode(_ range: ByteRange, of view: Bytes, inAttribute: Bool) -> DecodedText {
        guard var ampersand = view.firstIndex(of: UInt8(ascii: "&"), from: range.start, to: range.end) else {
            return DecodedText(verbatim: range, of: view)
        }
        var text = DecodedText(at: range.start, capacity: range.count)
        var position = range.start
        while true {
            text.append(verbatim: ByteRange(position, ampersand), of: view)
            if ampersand >= range.end { break }
            let reference = ByteRange(ampersand, range.end)
            if let (characters, end) = reading(reference, of: view, inAttribute: inAttribute) {
                text.append(characters, from: ampersand)
                position = end
            } else {
                text.append(UInt8(ascii: "&"), from: ampersand)
                position = ampersand + 1
            }
            ampersand =
                view.firstIndex(of: UInt8(ascii: "&"), from: position, to: range.end) ?? range.end
        }
        text.finish(at: range.end)
        return text
    }

    /// The reference whose ampersand stands at the start of `range`, and where it ends.
    static func reading(
        _ range: ByteRange, of view: Bytes, inAttribute: Bool
    ) -> (characters: [UInt8], end: Int)? {
        let position = range.start + 1
        guard position < range.end else { return nil }
        if view[position] == UInt8(ascii: "#") {
            guard let (code, end) = number(range, of: view) else { return nil }
            var characters: [UInt8] = []
            characters.append(codePoint: replacement(for: code))
            return (characters, end)
        }
        return named(view, from: position, to: range.end, inAttribute: inAttribute)
    }

    /// The number of the numeric reference whose ampersand stands at the start of `range`, and where it ends.
    static func number(_ range: ByteRange, of view: Bytes) -> (code: UInt32, end: Int)? {
        var position = range.start + 2
        let end = range.end
        let isHexadecimal = position < end && view[position] | 0x20 == UInt8(ascii: "x")
        if isHexadecimal { position += 1 }
        let digits = position
        var code: UInt32 = 0
        while position < end, let digit = ASCII.hexValue(view[position]), isHexadecimal || digit < 10 {
            code = min(code * (isHexadecimal ? 16 : 10) + UInt32(digit), 0x110000)
            position += 1
        }
        if position == digits { return nil }
        if position < end, view[position] == UInt8(ascii: ";") { position += 1 }
        return (code, position)
    }

    /// "Numeric character reference end state": what Windows-1252 had at the C1 controls.
    private static func replacement(for code: UInt32) -> UInt32 {
        if code == 0 { return 0xFFFD }
        guard (0x80...0x9F).contains(code) else { return code }
        return windows1252[Int(code - 0x80)]
    }

    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
        0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122,
        0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ]

    private static func named(
        _ view: Bytes, from start: Int, to end: Int, inAttribute: Bool
    ) -> ([UInt8], Int)? {
        var position = start
        let limit = min(end, start + NamedCharacterReferences.longestName)
        while position < limit, ASCII.isAlphanumeric(view[position]) { position += 1 }
        if position == start { return nil }
        if position < end, view[position] == UInt8(ascii: ";"),
            let characters = NamedCharacterReferences.characters(for: view[start...position])
        {
            return (characters, position + 1)
        }
        var length = min(position - start, NamedCharacterReferences.longestLegacyName)
        while length >= 2 {
            let nameEnd = start + length
            if let characters = NamedCharacterReferences.characters(for: view[start..<nameEnd]) {
                if inAttribute, nameEnd < end,
                    view[nameEnd] == UInt8(ascii: "=") || ASCII.isAlphanumeric(view[nameEnd])
                {
                    return nil
                }
                return (characters, nameEnd)
            }
            length -= 1
        }
        return nil
    }
}
