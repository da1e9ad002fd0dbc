/// The stack of open elements (WHATWG HTML, section 13.2.4.2), as far as it tells what an end tag in SVG or MathML closes
/// outside of them. Which is asked only where those were left open: nobody keeps it until then.
struct OpenElements: HTMLTokenSink {
    private let view: Bytes
    /// How far the document was read.
    private var position: Int
    /// Outermost first.
    private var elements: [Element] = []

    private struct Element {
        var name: ByteRange
        var ends: Scopes
    }

    /// What of the standard's scopes an element is the end of.
    private struct Scopes: OptionSet {
        var rawValue: UInt8

        static let element = Scopes(rawValue: 1)
        static let listItem = Scopes(rawValue: 2)
        static let table = Scopes(rawValue: 4)
        /// A "special" element, at which an end tag that is not looked for in any scope stops.
        static let special = Scopes(rawValue: 8)
    }

    /// Deeper ones are not kept.
    private static let maximumDepth = 128

    init(_ view: Bytes, from start: Int) {
        self.view = view
        position = start
    }

    /// Reads on, up to the tag at `end`, with which SVG or MathML begins.
    mutating func read(to end: Int) {
        guard position < end else { return }
        let range = ByteRange(position, end)
        position = end
        HTMLTokenizer.tokenize(range, of: view, into: &self)
    }

    /// The end tag of this name, in SVG or MathML.
    ///
    /// - Parameter position: behind the tag.
    /// - Returns: whether it closes an element outside.
    mutating func close(_ name: ByteRange, behind position: Int) -> Bool {
        guard let index = indexOfClosed(name) else { return false }
        elements.removeSubrange(index...)
        self.position = position
        return true
    }

    mutating func startTag(
        _ range: ByteRange, name: ByteRange, attributes: [HTMLAttribute], namespace: HTMLNamespace
    ) {
        guard namespace == .html, elements.count < OpenElements.maximumDepth else { return }
        let word = word(name)
        guard !OpenElements.void.contains(word) else { return }
        var ends: Scopes = OpenElements.special.contains(word) ? .special : []
        if OpenElements.scope.contains(word) { ends.formUnion([.element, .listItem]) }
        if word.elementsEqual("ol".utf8) || word.elementsEqual("ul".utf8) { ends.insert(.listItem) }
        if OpenElements.tableScope.contains(word) { ends.insert(.table) }
        elements.append(Element(name: name, ends: ends))
    }

    mutating func endTag(_ range: ByteRange, name: ByteRange) {
        if let index = indexOfClosed(name) { elements.removeSubrange(index...) }
    }

    mutating func text(_ range: ByteRange, kind: HTMLTextKind, element: ByteRange) {}
    mutating func comment(_ data: ByteRange) {}
    mutating func doctype(_ range: ByteRange) {}
    mutating func unterminatedTag(_ range: ByteRange) {}

    /// Which element an end tag closes, with all in it ("in body" insertion mode and those of tables).
    private func indexOfClosed(_ name: ByteRange) -> Int? {
        let word = word(name)
        if OpenElements.closingNothing.contains(word) { return nil }
        let end: Scopes =
            if OpenElements.tables.contains(word) {
                .table
            } else if word.elementsEqual("li".utf8) {
                .listItem
            } else if OpenElements.blocks.contains(word) {
                .element
            } else {
                .special
            }
        for index in elements.indices.reversed() {
            if view.equals(elements[index].name, name) { return index }
            if elements[index].ends.contains(end) { return nil }
        }
        return nil
    }

    /// A name in lower case; nothing where it is longer than any that matters.
    private func word(_ name: ByteRange) -> [UInt8] {
        name.count <= 10 ? view.copy(name).map(ASCII.lowercased) : []
    }

    private static func names(_ list: StaticString) -> Set<[UInt8]> {
        list.withUTF8Buffer { Set($0.split(separator: 0x20).map(Array.init)) }
    }

    private static let void = names(
        "area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr"
    )

    /// `</body>` and `</html>` change the insertion mode alone, `</form>` takes only the form itself off the stack.
    private static let closingNothing = names("body html form head")

    private static let tables = names("table tbody tfoot thead tr td th caption")
    /// "Have an element in table scope".
    private static let tableScope = names("html table template")

    /// End tags that look for an element in scope.
    private static let blocks = names(
        """
        address applet article aside blockquote button center dd details dialog dir div dl dt fieldset figcaption \
        figure footer h1 h2 h3 h4 h5 h6 header hgroup li listing main marquee menu nav object ol pre search section \
        summary template ul
        """)
    /// "Have an element in scope".
    private static let scope = names("applet caption html marquee object table td template th")

    /// "Special" elements: any other end tag looks no further.
    private static let special = blocks.union(scope).union(tables).union(void).union(
        names(
            "body colgroup form frameset head html iframe noembed noframes noscript p plaintext script select style textarea title xmp"
        ))
}
