/// Changes a value in a YAML file and no other byte.
public enum YAMLEdit {
    /// `content` with `value` as what `key` of the root mapping says. A key that is missing is added behind the last one.
    ///
    /// - Parameters:
    ///   - value: a text that YAML takes as it is, without quotes.
    ///   - file: the file's name in messages.
    /// - Throws: where the content is no YAML mapping.
    public static func setting(
        _ key: String, to value: String, in content: [UInt8], file: String
    ) throws(ConfigurationError) -> [UInt8] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = content.starts(with: mark) ? 3 : 0
        let text = Array(content[start...])
        let place = try Place(of: key, in: text, file: file)
        let characters = text.indices.filter { text[$0] & 0xC0 != 0x80 } + [text.count]
        func byte(_ character: Int) -> Int { characters[min(character, characters.count - 1)] }

        var result = text
        switch place {
        case .value(let range):
            let old = text[byte(range.lowerBound)..<byte(range.upperBound)]
            result.replaceSubrange(old.indices, with: replacement(old, value, in: text))
        case .none(let last, let column, let isFlow):
            let addition = "\(key): \(value)"
            if isFlow {
                result.insert(contentsOf: ", \(addition)".utf8, at: byte(last))
            } else {
                // Behind the last value's line, its comment included.
                let end = text[byte(last)...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.count
                let indent = String(repeating: " ", count: column - 1)
                result.insert(contentsOf: (lineEnd(of: text) + indent + addition).utf8, at: end)
            }
        }
        return content[..<start] + result
    }

    /// The new value in the old one's quotes.
    private static func replacement(_ old: ArraySlice<UInt8>, _ value: String, in text: [UInt8]) -> [UInt8] {
        switch old.first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let quote = [text[old.startIndex]]
            return quote + value.utf8 + quote
        case nil:
            // Behind the colon of a key without a value.
            let before = old.startIndex > 0 ? text[old.startIndex - 1] : 0
            let after = old.startIndex < text.count ? text[old.startIndex] : 0x0A
            return (before == UInt8(ascii: " ") ? [] : [0x20]) + value.utf8 + (after > 0x20 ? [0x20] : [])
        default: return Array(value.utf8)
        }
    }

    /// The file's own line end.
    private static func lineEnd(of text: [UInt8]) -> String {
        guard let first = text.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return "\n" }
        if text[first] == 0x0A { return "\n" }
        return text[first...].starts(with: [0x0D, 0x0A]) ? "\r\n" : "\r"
    }

    /// Where the change goes; places count characters.
    private enum Place {
        /// The key has this value.
        case value(Range<Int>)
        /// The key is missing: the last value ends at `last`, and the keys stand in `column`.
        case none(last: Int, column: Int, isFlow: Bool)

        init(of key: String, in text: [UInt8], file: String) throws(ConfigurationError) {
            let events = YAMLEvents(text, file: file)
            var depth = 0
            var isKey = true
            var isFound = false
            var valueStart = 0
            var end: Int?
            var column = 1
            var isFlow = false
            while true {
                let event = try events.next()
                var closes = false
                switch event.kind {
                case .documentStart, .streamStart: continue
                case .mappingStart where depth == 0:
                    (depth, column) = (1, event.column)
                    isFlow = !event.range.isEmpty
                    continue
                case .mappingStart, .sequenceStart:
                    if depth == 1 { valueStart = event.range.lowerBound }
                    depth += 1
                    continue
                case .mappingEnd, .sequenceEnd:
                    depth -= 1
                    closes = true
                default: break
                }
                guard depth >= 1 else {
                    guard case .mappingEnd = event.kind, let end else {
                        throw ConfigurationError(
                            SourcePosition(file: file, line: event.line, column: event.column),
                            "expected a mapping to enter `\(key)` into")
                    }
                    self = .none(last: end, column: column, isFlow: isFlow)
                    return
                }
                // The end of a block collection is where the next thing begins; its last scalar ends before.
                if !closes || !event.range.isEmpty { end = event.range.upperBound }
                if depth > 1 { continue }
                if isKey {
                    if case .scalar(key) = event.kind { isFound = true }
                } else if isFound {
                    let start = closes ? valueStart : event.range.lowerBound
                    self = .value(start..<max(start, end ?? start))
                    return
                }
                isKey.toggle()
            }
        }
    }
}
