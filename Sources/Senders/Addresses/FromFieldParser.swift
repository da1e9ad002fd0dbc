/// The parser: one method per rule of the grammar, named after it. Linear; comments nest without recursion.
struct FromFieldParser {
    /// An addr-spec, its local part unquoted.
    struct AddrSpec: Equatable {
        var localPart: [UInt8]
        var domain: [UInt8]
    }

    /// What a phrase and a local part are made of.
    private enum Word {
        case atom([UInt8])
        case quotedString([UInt8])
        case dot
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// address-list, with the empty elements of obs-addr-list. The whole field.
    mutating func addressList() -> [AddrSpec]? {
        guard let specs = elements(inGroup: false), peek == nil else { return nil }
        return specs
    }

    /// Elements between commas, up to the field's end or a group's semicolon.
    private mutating func elements(inGroup: Bool) -> [AddrSpec]? {
        var specs: [AddrSpec] = []
        while true {
            guard skipCFWS() else { return nil }
            if peek == nil || (inGroup && peek == UInt8(ascii: ";")) { return specs }
            if take(",") { continue }
            guard let element = address(inGroup: inGroup), skipCFWS() else { return nil }
            specs += element
            guard peek == nil || peek == UInt8(ascii: ",") || (inGroup && peek == UInt8(ascii: ";")) else {
                return nil
            }
        }
    }

    /// address = mailbox / group. Groups do not nest.
    private mutating func address(inGroup: Bool) -> [AddrSpec]? {
        guard let words = words() else { return nil }
        switch peek {
        case UInt8(ascii: "<"):
            guard words.isEmpty || isPhrase(words), let spec = angleAddr() else { return nil }
            return [spec]
        case UInt8(ascii: "@"):
            guard let spec = addrSpec(words) else { return nil }
            return [spec]
        case UInt8(ascii: ":") where !inGroup && isPhrase(words):
            position += 1
            guard let members = elements(inGroup: true), take(";") else { return nil }
            return members
        default: return nil
        }
    }

    /// phrase / obs-phrase: a word first, then words and dots (`John Q. Public`).
    private func isPhrase(_ words: [Word]) -> Bool {
        if case .dot? = words.first { return false }
        return !words.isEmpty
    }

    /// angle-addr / obs-angle-addr, at its `<`.
    private mutating func angleAddr() -> AddrSpec? {
        guard take("<"), skipCFWS() else { return nil }
        if peek == UInt8(ascii: "@") || peek == UInt8(ascii: ",") {
            guard obsRoute() else { return nil }
        }
        guard let words = words(), let spec = addrSpec(words), skipCFWS(), take(">") else { return nil }
        return spec
    }

    /// obs-route = obs-domain-list ":".
    private mutating func obsRoute() -> Bool {
        while true {
            guard skipCFWS() else { return false }
            if take(",") { continue }
            if take("@") {
                guard domain() != nil else { return false }
            } else {
                return take(":")
            }
        }
    }

    /// addr-spec, its local part already read, at its `@`.
    private mutating func addrSpec(_ words: [Word]) -> AddrSpec? {
        guard let local = localPart(words), take("@"), let domain = domain() else { return nil }
        return AddrSpec(localPart: local, domain: domain)
    }

    /// dot-atom / quoted-string / obs-local-part: words with single dots between them.
    private func localPart(_ words: [Word]) -> [UInt8]? {
        guard words.count % 2 == 1 else { return nil }
        var local: [UInt8] = []
        var hasQuotes = false
        for (index, word) in words.enumerated() {
            switch word {
            case .dot where index % 2 == 1: local.append(UInt8(ascii: "."))
            case .atom(let text) where index % 2 == 0: local += text
            case .quotedString(let text) where index % 2 == 0:
                local += text
                hasQuotes = true
            default: return nil
            }
        }
        // RFC 2047 section 5: an encoded word "MUST NOT appear in any portion of an 'addr-spec'". Some readers
        // decode it all the same, and then show another address than ours.
        if !hasQuotes, local.starts(with: "=?".utf8), local.suffix(2).elementsEqual("?=".utf8) { return nil }
        return local
    }

    /// dot-atom / domain-literal / obs-domain.
    private mutating func domain() -> [UInt8]? {
        guard skipCFWS() else { return nil }
        if peek == UInt8(ascii: "[") { return domainLiteral() }
        var domain: [UInt8] = []
        while true {
            let label = atom()
            guard !label.isEmpty, skipCFWS() else { return nil }
            domain += label
            guard take(".") else { return domain }
            domain.append(UInt8(ascii: "."))
            guard skipCFWS() else { return nil }
        }
    }

    /// domain-literal, kept whole: it is nobody's, but the field around it may be in order.
    private mutating func domainLiteral() -> [UInt8]? {
        let start = position
        position += 1
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "]"): return Array(bytes[start..<position])
            case UInt8(ascii: "["), UInt8(ascii: "\\"): return nil
            default: break
            }
        }
        return nil
    }

    /// Atoms, quoted strings and dots with CFWS between them.
    private mutating func words() -> [Word]? {
        var words: [Word] = []
        while true {
            guard skipCFWS() else { return nil }
            switch peek {
            case UInt8(ascii: "\""):
                guard let text = quotedString() else { return nil }
                words.append(.quotedString(text))
            case UInt8(ascii: "."):
                position += 1
                words.append(.dot)
            default:
                let text = atom()
                if text.isEmpty { return words }
                words.append(.atom(text))
            }
        }
    }

    private mutating func atom() -> [UInt8] {
        let start = position
        while let byte = peek, FromFieldParser.isAtext(byte) { position += 1 }
        return Array(bytes[start..<position])
    }

    /// quoted-string, at its quote; the content without folds and escapes.
    private mutating func quotedString() -> [UInt8]? {
        var text: [UInt8] = []
        position += 1
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"):
                guard let escaped = quotedPair() else { return nil }
                text.append(escaped)
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"): break  // a fold
            default: text.append(byte)
            }
        }
        return nil
    }

    /// quoted-pair, behind its backslash.
    private mutating func quotedPair() -> UInt8? {
        guard let escaped = peek, escaped >= 0x20 || escaped == UInt8(ascii: "\t") else { return nil }
        position += 1
        return escaped
    }

    /// [CFWS]: white space and comments.
    ///
    /// - Returns: false where a comment does not end.
    private mutating func skipCFWS() -> Bool {
        var depth = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): break
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")") where depth > 0: depth -= 1
            case UInt8(ascii: "\\") where depth > 0:
                position += 1
                guard quotedPair() != nil else { return false }
                continue
            default: if depth == 0 { return true }
            }
            position += 1
        }
        return depth == 0
    }

    /// atext of RFC 5322 section 3.2.3 and the UTF-8 of RFC 6532 section 3.2.
    private static func isAtext(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
