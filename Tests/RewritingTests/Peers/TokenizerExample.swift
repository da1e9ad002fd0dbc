@testable import Rewriting

/// A token as html5lib-tests names it.
///
/// A doctype is compared by its presence alone: no link stands in one, and it is read from `<!DOCTYPE` to `>`. That a
/// start tag closes itself is not compared either: our tokens do not say it.
enum ExpectedToken: Equatable, CustomStringConvertible {
    case startTag(String, [String: String])
    case endTag(String)
    case comment(String)
    case text(String)
    case doctype

    init?(_ json: Any) {
        guard let token = json as? [Any], let kind = token.first as? String else { return nil }
        switch (kind, token.dropFirst().first) {
        case ("StartTag", let name as String):
            self = .startTag(name, token.count > 2 ? token[2] as? [String: String] ?? [:] : [:])
        case ("EndTag", let name as String): self = .endTag(name)
        case ("Comment", let data as String): self = .comment(data)
        case ("Character", let text as String): self = .text(text)
        case ("DOCTYPE", _): self = .doctype
        default: return nil
        }
    }

    /// The token with `\uXXXX` resolved in its strings.
    var unescaped: ExpectedToken? {
        switch self {
        case .startTag(let name, let attributes):
            var resolved: [String: String] = [:]
            for (key, value) in attributes {
                guard let key = key.unescaped, let value = value.unescaped else { return nil }
                resolved[key] = value
            }
            return name.unescaped.map { .startTag($0, resolved) }
        case .endTag(let name): return name.unescaped.map { .endTag($0) }
        case .comment(let data): return data.unescaped.map { .comment($0) }
        case .text(let text): return text.unescaped.map { .text($0) }
        case .doctype: return self
        }
    }

    /// Scalar by scalar: Swift's `==` on strings would take canonically equivalent ones for the same.
    static func == (one: ExpectedToken, other: ExpectedToken) -> Bool {
        switch (one, other) {
        case (.startTag(let a, let x), .startTag(let b, let y)):
            a.isSame(b) && x.count == y.count
                && x.allSatisfy { key, value in y[key].map(value.isSame) ?? false }
        case (.endTag(let a), .endTag(let b)), (.comment(let a), .comment(let b)),
            (.text(let a), .text(let b)):
            a.isSame(b)
        case (.doctype, .doctype): true
        default: false
        }
    }

    var description: String {
        switch self {
        case .startTag(let name, let attributes):
            "<\(name)\(attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value.debugDescription)" }.joined())>"
        case .endTag(let name): "</\(name)>"
        case .comment(let data): "<!--\(data.debugDescription)-->"
        case .text(let text): text.debugDescription
        case .doctype: "<!DOCTYPE>"
        }
    }
}

/// One of the states in which a test begins.
enum InitialState: String {
    case data = "Data state"
    case rcdata = "RCDATA state"
    case rawText = "RAWTEXT state"
    case script = "Script data state"
    case plaintext = "PLAINTEXT state"
    case cdata = "CDATA section state"

    /// What our tokenizer must have read to be in this state, and how many tokens that makes.
    var lead: (markup: String, tokens: Int) { self == .cdata ? ("<svg><![CDATA[", 1) : ("", 0) }

    var model: HTMLContentModel {
        switch self {
        case .data, .cdata: .markup
        case .rcdata: .rcdata
        case .rawText: .rawText
        case .script: .script
        case .plaintext: .plaintext
        }
    }
}

/// Runs our tokenizer from one of the states, and gives its tokens in html5lib's terms.
struct TokenizerRun: HTMLTokenSink {
    private let view: Bytes
    private(set) var tokens: [ExpectedToken] = []
    /// Ranges that cannot be: outside the input, not ascending, not beginning and ending as tags do.
    private(set) var oddities: [String] = []
    private var position: Int

    static func run(_ input: String, from state: InitialState, lastStartTag: String?) -> (
        tokens: [ExpectedToken], oddities: [String]
    ) {
        // An element that no test closes, where the test has none.
        let element = state == .data || state == .cdata ? "" : lastStartTag ?? "none-such"
        let document = Array((element + state.lead.markup + input.newlinesNormalised).utf8)
        return document.withUnsafeBufferPointer { view in
            let name = ByteRange(0, element.utf8.count)
            var run = TokenizerRun(view: view, position: name.end)
            var tokenizer = HTMLTokenizer<TokenizerRun>(view, ByteRange(name.end, view.count))
            tokenizer.content(of: name, state.model, into: &run)
            tokenizer.data(into: &run)
            return (Array(run.tokens.dropFirst(state.lead.tokens)), run.oddities)
        }
    }

    private init(view: Bytes, position: Int) {
        self.view = view
        self.position = position
    }

    mutating func startTag(
        _ range: ByteRange, name: ByteRange, attributes: [HTMLAttribute], namespace: HTMLNamespace
    ) {
        note(range, from: "<", to: ">")
        var values: [String: String] = [:]
        var end = name.end
        for attribute in attributes {
            if attribute.name.start < end || attribute.value.start < attribute.name.end
                || attribute.value.end >= range.end
            {
                oddities.append("attribute at \(attribute.name) has its value at \(attribute.value)")
            }
            end = attribute.value.end
            let value = CharacterReferences.decode(attribute.value, of: view, inAttribute: true)
            if values[self.name(attribute.name)] == nil {  // of duplicates the first counts
                values[self.name(attribute.name)] = visible(value.bytes)
            }
        }
        tokens.append(.startTag(self.name(name), values))
    }

    mutating func endTag(_ range: ByteRange, name: ByteRange) {
        note(range, from: "</", to: ">")
        tokens.append(.endTag(self.name(name)))
    }

    mutating func text(_ range: ByteRange, kind: HTMLTextKind, element: ByteRange) {
        note(range, from: "", to: "")
        let text: String
        switch kind {
        case .data:
            // The data state alone, and CDATA, let NUL through; the tree builder drops it there.
            let decoded = CharacterReferences.decode(range, of: view, inAttribute: false)
            text = String(decoding: decoded.bytes, as: UTF8.self)
        case .rcdata: text = visible(CharacterReferences.decode(range, of: view, inAttribute: false).bytes)
        case .cdata: text = String(decoding: view.copy(range), as: UTF8.self)
        case .raw: text = visible(view.copy(range))
        }
        if text.isEmpty { return }
        if case .text(let before)? = tokens.last {
            tokens[tokens.count - 1] = .text(before + text)
        } else {
            tokens.append(.text(text))
        }
    }

    mutating func comment(_ data: ByteRange) {
        note(data, from: "", to: "")
        tokens.append(.comment(visible(view.copy(data))))
    }

    mutating func doctype(_ range: ByteRange) {
        note(range, from: "<!", to: "")
        tokens.append(.doctype)
    }

    mutating func unterminatedTag(_ range: ByteRange) {
        note(range, from: "<", to: "")
    }

    /// NUL becomes U+FFFD in every state but two. Ours leaves it: a host with either is no host.
    private func visible(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\u{FFFD}")
    }

    /// Ours compares names without case and does not copy them to lower it.
    private func name(_ range: ByteRange) -> String {
        visible(view.copy(range).map(ASCII.lowercased))
    }

    private mutating func note(_ range: ByteRange, from first: String, to last: String) {
        guard position <= range.start, range.start <= range.end, range.end <= view.count else {
            oddities.append("\(range) after \(position) of \(view.count)")
            return
        }
        position = range.end
        let token = view[range.start..<range.end]
        if !token.starts(with: first.utf8) || !token.reversed().starts(with: last.utf8) {
            oddities.append("\(range) holds \(String(decoding: token, as: UTF8.self))")
        }
    }
}

extension String {
    func isSame(_ other: String) -> Bool { unicodeScalars.elementsEqual(other.unicodeScalars) }

    /// "Normalize newlines" of the input stream (section 13.2.3.5). Ours takes CR for the white space it is.
    var newlinesNormalised: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == "\n", result.last == "\r" { result.removeLast() }
            result.append(scalar)
        }
        return String(String.UnicodeScalarView(result.map { $0 == "\r" ? "\n" : $0 }))
    }

    /// With `\uXXXX` resolved; nil where that is half a surrogate pair, which UTF-8 cannot carry.
    var unescaped: String? {
        var units: [UInt16] = []
        var rest = Array(utf16)[...]
        while let unit = rest.popFirst() {
            if unit == 0x5C, rest.first == 0x75, rest.count >= 5,
                let code = UInt16(String(decoding: rest.dropFirst().prefix(4), as: UTF16.self), radix: 16)
            {
                units.append(code)
                rest = rest.dropFirst(5)
            } else {
                units.append(unit)
            }
        }
        return String(validating: units, as: UTF16.self)
    }
}
