/// An attribute of a tag, as outlines in the view.
struct HTMLAttribute {
    var name: ByteRange
    /// Without quotes, references unresolved. Empty where the attribute has no value.
    var value: ByteRange
}

/// What kind of characters a run of text holds.
enum HTMLTextKind {
    /// The data state: character references count.
    case data
    /// RCDATA (`title`, `textarea`): references count, markup does not.
    case rcdata
    /// A CDATA section in SVG or MathML.
    case cdata
    /// RAWTEXT, script data, PLAINTEXT: nothing counts.
    case raw
}

/// Receives the tokens of a document in their order. Ranges are of the view.
protocol HTMLTokenSink {
    /// Whether a start tag of HTML need not be told: its attributes are not read at all. Only asked about tags that do
    /// not switch the tokenizer's state.
    mutating func isQuiet(_ tag: ByteRange) -> Bool
    /// A run of text inside `element`, the element whose content is RCDATA or raw (empty in the data state).
    mutating func text(_ range: ByteRange, kind: HTMLTextKind, element: ByteRange)
    /// A start tag from `<` to `>`. `namespace` is the one that the element is in.
    mutating func startTag(
        _ range: ByteRange, name: ByteRange, attributes: [HTMLAttribute], namespace: HTMLNamespace)
    /// An end tag; its attributes mean nothing.
    mutating func endTag(_ range: ByteRange, name: ByteRange)
    /// A comment's data. A bogus comment is one too (`<![endif]>`, `<?xml …>`).
    mutating func comment(_ data: ByteRange)
    /// `<!DOCTYPE …>`, from `<` to `>`.
    mutating func doctype(_ range: ByteRange)
    /// A tag that the end of the document cut off: no parser sees it.
    mutating func unterminatedTag(_ range: ByteRange)
}

extension HTMLTokenSink {
    mutating func isQuiet(_ tag: ByteRange) -> Bool { false }
}
