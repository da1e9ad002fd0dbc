/// Walks the tokens of an HTML or AMP part and hands every string that may hold a link, or mentions a
/// default domain, to the collector.
///
/// Most strings of a mail do neither. Where a default domain stands literally is found in one pass before;
/// a string without one is read only if its spelling could hide one (``HostTraces``).
struct HTMLLinks: HTMLTokenSink {
    private let view: Bytes
    private let isAMP: Bool
    private let rewritesVisibleText: Bool
    private(set) var collector: LinkCollector
    /// Where default domains stand literally.
    private var literals: Marks
    /// Where one might stand in another spelling.
    private var disguises: Marks
    /// Strings are read whether they concern us or not: for the decider's sake, or since in this charset other bytes
    /// might mean what ASCII means.
    private let readsAll: Bool
    /// Names of places, and where element and attribute stand in the view.
    private var places: [(element: ByteRange, attribute: ByteRange, name: String)] = []
    private var isJSONLD = false
    /// The `style` or `script` in SVG that the current place is directly in: markup to the tokenizer.
    private var foreignElement: ByteRange?
    private var depth = 0

    static func collect(
        from view: Bytes, isAMP: Bool, rewritesVisibleText: Bool, into collector: inout LinkCollector
    ) {
        let traces = HostTraces(in: view, of: collector.hosts)
        let readsAll = collector.showsAllLinks || !collector.isPlainCharset || traces.areTooMany
        if traces.literals.isEmpty, traces.disguises.isEmpty, !readsAll { return }
        collector.reserve(traces.literals.count)
        var links = HTMLLinks(view, isAMP, rewritesVisibleText, traces, readsAll, consume collector)
        HTMLTokenizer.tokenize(ByteRange(0, view.count), of: view, into: &links)
        collector = links.collector
    }

    private init(
        _ view: Bytes, _ isAMP: Bool, _ rewritesVisibleText: Bool, _ traces: HostTraces, _ readsAll: Bool,
        _ collector: consuming LinkCollector
    ) {
        self.view = view
        self.isAMP = isAMP
        self.rewritesVisibleText = rewritesVisibleText
        self.collector = collector
        self.readsAll = readsAll
        literals = Marks(traces.literals, inViewOf: view.count)
        disguises = Marks(traces.disguises, inViewOf: view.count)
    }

    // MARK: Tags

    mutating func isQuiet(_ tag: ByteRange) -> Bool {
        !mayConcern(tag)
    }

    mutating func startTag(
        _ range: ByteRange, name: ByteRange, attributes: [HTMLAttribute], namespace: HTMLNamespace
    ) {
        foreignElement = nil
        if view.equals("script", in: name) {
            isJSONLD = isJSONLD(attributes)
            enter(name, range, namespace)
        } else if view.equals("style", in: name) {
            enter(name, range, namespace)
        }
        let hasLiteral = literals.occur(in: range)
        guard hasLiteral || mayBeDisguised(range) else { return }
        for index in attributes.indices {
            let attribute = attributes[index]
            if hasLiteral { verbatim(attribute.name, place: "attribute name", reason: .notALinkPlace) }
            guard mayConcern(attribute.value) else { continue }
            let kind = HTMLPlaces.kind(
                view, element: name, attribute: attribute.name, namespace: namespace, isAMP: isAMP)
            guard kind != .other || mayMention(attribute.value) else { continue }
            // No further, or a tag of a million attributes would be compared with itself. To move a duplicate that
            // nobody reads does no harm.
            let isDuplicate = attributes[..<min(index, 256)].contains { view.equals($0.name, attribute.name) }
            take(attribute, of: name, kind: kind, isDuplicate: isDuplicate, among: attributes)
        }
    }

    /// Notes that the content of the element may not be what its markup looks like.
    private mutating func enter(_ name: ByteRange, _ tag: ByteRange, _ namespace: HTMLNamespace) {
        if namespace == .svg, view[tag.end - 2] != UInt8(ascii: "/") { foreignElement = name }
    }

    private mutating func take(
        _ attribute: HTMLAttribute, of element: ByteRange, kind: HTMLAttributeKind, isDuplicate: Bool,
        among attributes: [HTMLAttribute]
    ) {
        let place = place(element, attribute.name)
        if kind == .url, !isDuplicate, hasNothingHidden(attribute.value),
            collector.plainURL(attribute.value, of: view, hasReferences: true, place: place)
        {
            return
        }
        let text = CharacterReferences.decode(attribute.value, of: view, inAttribute: true)
        if isDuplicate {
            collector.mentions(in: text, place: place, reason: .duplicateAttribute)
            return
        }
        switch kind {
        case .url:
            collector.url(text, place: place, escaping: .html)
        case .srcset:
            urls(SrcsetLinks.urls(in: text.bytes), in: text, place: place)
        case .metaContent where isRefresh(attributes):
            urls(MetaRefreshLinks.url(in: text.bytes).map { [$0] } ?? [], in: text, place: place)
        case .style:
            collector.styleSheet(text, place: place, isAttribute: true)
        case .metaContent, .other:
            collector.mentions(in: text, place: place, reason: .notALinkPlace)
        }
    }

    /// Whether all that the value says of default domains is one of them, written literally.
    private mutating func hasNothingHidden(_ value: ByteRange) -> Bool {
        !readsAll && literals.occurOnce(in: value) && !disguises.occur(in: value)
    }

    /// Takes a value that has URLs at `ranges`, and what it mentions between them.
    private mutating func urls(_ ranges: [ByteRange], in text: DecodedText, place: String) {
        var position = 0
        for range in ranges {
            collector.mentions(
                in: text.slice(ByteRange(position, range.start)), place: place, reason: .notALinkPlace)
            collector.url(text.slice(range), place: place, escaping: .html)
            position = range.end
        }
        collector.mentions(
            in: text.slice(ByteRange(position, text.bytes.count)), place: place, reason: .notALinkPlace)
    }

    mutating func endTag(_ range: ByteRange, name: ByteRange) {
        foreignElement = nil
        guard literals.occur(in: range) else { return }
        verbatim(range, place: "/" + lowercased(name), reason: .notALinkPlace)
    }

    mutating func unterminatedTag(_ range: ByteRange) {
        guard mayMention(range) else { return }
        collector.mentions(
            in: CharacterReferences.decode(range, of: view, inAttribute: true), place: "unterminated tag",
            reason: .outsideParts)
    }

    mutating func doctype(_ range: ByteRange) {
        verbatim(range, place: "doctype", reason: .notALinkPlace)
    }

    // MARK: Text and comments

    mutating func text(_ range: ByteRange, kind: HTMLTextKind, element: ByteRange) {
        switch kind {
        case .data, .cdata:
            if let foreignElement {
                foreignText(range, element: foreignElement, hasReferences: kind == .data)
            } else {
                visibleText(range, hasReferences: kind == .data)
            }
        case .rcdata:
            guard mayMention(range) else { return }
            let text = CharacterReferences.decode(range, of: view, inAttribute: false)
            let place = lowercased(element)
            collector.mentions(in: text, place: place, reason: .notALinkPlace)
        case .raw:
            rawText(range, element: element)
        }
    }

    private mutating func visibleText(_ range: ByteRange, hasReferences: Bool) {
        guard mayConcern(range) else { return }
        let text =
            hasReferences
            ? CharacterReferences.decode(range, of: view, inAttribute: false)
            : DecodedText(verbatim: range, of: view)
        if rewritesVisibleText {
            collector.runningText(text, place: "text", escaping: hasReferences ? .html : .none)
        } else {
            collector.mentions(in: text, place: "text", reason: .switchedOff)
        }
    }

    /// What a style sheet or script in SVG says.
    private mutating func foreignText(_ range: ByteRange, element: ByteRange, hasReferences: Bool) {
        guard hasReferences, view.equals("style", in: element) else {
            rawText(range, element: element)
            return
        }
        guard mayConcern(range) else { return }
        let text = CharacterReferences.decode(range, of: view, inAttribute: false)
        collector.styleSheet(text, place: "style", isAttribute: true)
    }

    private mutating func rawText(_ range: ByteRange, element: ByteRange) {
        if view.equals("style", in: element) {
            guard mayConcern(range) else { return }
            collector.styleSheet(
                DecodedText(verbatim: range, of: view), place: "style", isAttribute: false)
        } else if view.equals("script", in: element) {
            if isJSONLD {
                guard mayConcern(range) else { return }
                collector.json(view, range, place: "script")
            } else {
                verbatim(range, place: "script", reason: .script)
            }
        } else {
            verbatim(range, place: lowercased(element), reason: .notALinkPlace)
        }
    }

    mutating func comment(_ data: ByteRange) {
        if depth < ConditionalComment.maximumDepth,
            let content = ConditionalComment.content(of: data, in: view)
        {
            guard mayConcern(content) else { return }
            // What is open outside is not open in it, and what is left open in it is not open behind it.
            let outside = (foreignElement, isJSONLD)
            foreignElement = nil
            depth += 1
            HTMLTokenizer.tokenize(content, of: view, into: &self)
            depth -= 1
            (foreignElement, isJSONLD) = outside
        } else {
            verbatim(data, place: "comment", reason: .comment)
        }
    }

    private mutating func verbatim(_ range: ByteRange, place: String, reason: LeftReason) {
        guard literals.occur(in: range) else { return }
        collector.mentions(in: DecodedText(verbatim: range, of: view), place: place, reason: reason)
    }

    // MARK: What is worth reading

    /// Whether a string has to be read: a default domain stands in it, or might in another spelling.
    @inline(__always)
    private mutating func mayConcern(_ range: ByteRange) -> Bool {
        literals.occur(in: range) || mayBeDisguised(range)
    }

    @inline(__always)
    private mutating func mayBeDisguised(_ range: ByteRange) -> Bool {
        !range.isEmpty && (readsAll || disguises.occur(in: range))
    }

    /// Whether a string that is no link has to be read: a default domain may stand in it, by letters or references.
    private mutating func mayMention(_ range: ByteRange) -> Bool {
        if literals.occur(in: range) { return true }
        return (readsAll || disguises.occur(in: range))
            && view.firstIndex(of: UInt8(ascii: "&"), from: range.start, to: range.end) != nil
    }

    // MARK: Elements that need their attributes

    private func isJSONLD(_ attributes: [HTMLAttribute]) -> Bool {
        guard let type = attributes.first(where: { view.equals("type", in: $0.name) }) else { return false }
        // "MIME type essence": parameters do not count.
        let value = CharacterReferences.decode(type.value, of: view, inAttribute: true).bytes
        var scanner = StructuredFieldScanner(value)
        let essence = scanner.readUnquoted(until: UInt8(ascii: ";")).map(ASCII.lowercased)
        return essence.elementsEqual("application/ld+json".utf8)
    }

    private func isRefresh(_ attributes: [HTMLAttribute]) -> Bool {
        guard let pragma = attributes.first(where: { view.equals("http-equiv", in: $0.name) }) else {
            return false
        }
        let value = CharacterReferences.decode(pragma.value, of: view, inAttribute: true).bytes
        return value.filter { !ASCII.isWhitespace($0) }.map(ASCII.lowercased).elementsEqual("refresh".utf8)
    }

    /// `a[href]`. A mail has few different ones, and few spellings of each: they are kept.
    private mutating func place(_ element: ByteRange, _ attribute: ByteRange) -> String {
        for index in places.indices
        where view.equals(places[index].element, view, element)
            && view.equals(places[index].attribute, view, attribute)
        {
            return places[index].name
        }
        let name = lowercased(element) + "[" + lowercased(attribute) + "]"
        if places.count < 16 { places.append((element, attribute, name)) }
        return name
    }

    private func lowercased(_ name: ByteRange) -> String {
        String(decoding: view.copy(name).map(ASCII.lowercased), as: UTF8.self)
    }
}
