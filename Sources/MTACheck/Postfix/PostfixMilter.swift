import Configuration

/// An element of `smtpd_milters` or `non_smtpd_milters`: `unix:path`, or `{ unix:path, name=value, … }` (MILTER_README).
struct PostfixMilter: Hashable {
    /// As written.
    var text: String
    /// The address as written.
    var label: String
    /// Its own settings, such as `default_action`.
    var settings: [String: String]

    var address: MilterAddress? { MilterAddress(postfix: label) }

    /// What Postfix does not understand about it, nil where it does: `smtpd` ends at start with some of these, and refuses
    /// each message for now with others.
    var problem: String? {
        if text.hasPrefix("{"), !text.hasSuffix("}") { return "there is no } behind \"\(text)\"" }
        if address == nil {
            // libmilter's notation has host and port the other way round.
            let meant = (try? ListenAddress(parsing: label))?.postfixNotation.map { "; write \($0)" } ?? ""
            return "expected unix:PATH or inet:HOST:PORT, found \"\(label)\"\(meant)"
        }
        for word in text.hasPrefix("{") ? Self.words(String(text.dropFirst().dropLast())).dropFirst() : [] {
            let bare = word.hasPrefix("{") ? trimmed(word.dropFirst().dropLast()) : word
            guard let equals = bare.firstIndex(of: "="), equals != bare.startIndex else {
                return "expected name=value without white space, or { name = value }, found \"\(word)\""
            }
            let name = trimmed(bare[..<equals])
            if !Self.names.contains(name) { return unknown("setting", name, known: Self.names) }
        }
        return nil
    }

    private static let names = [
        "command_timeout", "connect_timeout", "content_timeout", "default_action", "protocol",
    ]

    /// The elements of a list.
    static func list(_ text: String) -> [PostfixMilter] { words(text).map(PostfixMilter.init(element:)) }

    private init(element: String) {
        text = element
        guard element.hasPrefix("{") else {
            label = element
            settings = [:]
            return
        }
        let inside = Self.words(String(element.dropFirst().dropLast(element.hasSuffix("}") ? 1 : 0)))
        label = inside.first ?? ""
        settings = [:]
        for word in inside.dropFirst() {
            let bare = word.hasPrefix("{") ? word.dropFirst().dropLast() : word[...]
            let parts = bare.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { settings[trimmed(parts[0])] = trimmed(parts[1]) }
        }
    }

    /// Words between commas and white space; what is in braces is one.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var depth = 0
        for character in text {
            if depth == 0, character == "," || character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            word.append(character)
            if character == "}", depth == 0 {
                words.append(word)
                word = ""
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
