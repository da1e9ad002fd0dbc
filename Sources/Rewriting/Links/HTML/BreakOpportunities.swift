/// Finds white space that may become a line break without a change of meaning: before an attribute, and
/// between tags (contract, "What never changes", 3).
struct BreakOpportunities: HTMLTokenSink {
    private let view: Bytes
    private var positions: [Int] = []
    /// White space between tags counts in these.
    private var preformatted = 0
    private var depth = 0

    /// The places in the view, ascending.
    static func find(in view: Bytes) -> [Int] {
        var opportunities = BreakOpportunities(view: view)
        HTMLTokenizer.tokenize(ByteRange(0, view.count), of: view, into: &opportunities)
        return opportunities.positions
    }

    private init(view: Bytes) {
        self.view = view
    }

    mutating func startTag(
        _ range: ByteRange, name: ByteRange, attributes: [HTMLAttribute], namespace: HTMLNamespace
    ) {
        for attribute in attributes { add(attribute.name.start - 1) }
        if isPreformatted(name) { preformatted += 1 }
    }

    mutating func endTag(_ range: ByteRange, name: ByteRange) {
        if isPreformatted(name), preformatted > 0 { preformatted -= 1 }
    }

    mutating func text(_ range: ByteRange, kind: HTMLTextKind, element: ByteRange) {
        guard kind == .data, preformatted == 0 else { return }
        if (range.start..<range.end).allSatisfy({ ASCII.isWhitespace(view[$0]) }) { add(range.start) }
    }

    mutating func comment(_ data: ByteRange) {
        guard depth < ConditionalComment.maximumDepth,
            let content = ConditionalComment.content(of: data, in: view)
        else { return }
        depth += 1
        HTMLTokenizer.tokenize(content, of: view, into: &self)
        depth -= 1
    }

    mutating func doctype(_ range: ByteRange) {}
    mutating func unterminatedTag(_ range: ByteRange) {}

    private mutating func add(_ position: Int) {
        guard position >= 0, view[position] == 0x20 || view[position] == 0x09 else { return }
        positions.append(position)
    }

    private func isPreformatted(_ name: ByteRange) -> Bool {
        view.equals("pre", in: name) || view.equals("listing", in: name) || view.equals("textarea", in: name)
    }
}
