/// Walks the tokens of an HTML or AMP part and hands every string that may hold a link, or mentions a
/// default domain, to the collector.
///
/// Most strings of a mail do neither. Where a default domain stands literally is found in one pass before;
/// a string without one is read only if the document could hide one at all (``Disguises``), and then if its own
/// spelling could (references, percent-encoding, IDN).
struct HTMLLinks: HTMLTokenSink {
    private let view: Bytes
    private let isAMP: Bool
    private let rewritesVisibleText: Bool
    private(set) var collector: LinkCollector
    /// Where the letters of default domains stand, ascending.
    private let literals: [ByteRange]
    /// A stretch between two of them.
    private var gap = ByteRange(0, 0)
    /// Which literal its end is.
    private var gapEnd = 0
    /// A default domain might stand in the document in another spelling.
    private let hasDisguises: Bool
    /// Some character reference stands for a character of a host or URL.
    private let hasTellingReferences: Bool
    /// Names of places, and where element and attribute stand in the view.
    private var places: [(element: ByteRange, attribute: ByteRange, name: String)] = []
    private var isJSONLD = false
    /// The `style` or `script` in SVG that the current place is directly in: markup to the tokenizer.
    private var foreignElement: ByteRange?
    private var depth = 0

    static func collect(
        from view: Bytes, isAMP: Bool, rewritesVisibleText: Bool, into collector: inout LinkCollector
    ) {
        let literals = Mentions.literals(in: view, hosts: collector.hosts)
        let hasDisguises =
            collector.showsAllLinks || !collector.isPlainCharset || Disguises.mayOccur(in: view)
        if literals.isEmpty, !hasDisguises { return }
        var links = HTMLLinks(view, isAMP, rewritesVisibleText, literals, hasDisguises, collector)
        HTMLTokenizer.tokenize(ByteRange(0, view.count), of: view, into: &links)
        collector = links.collector
    }

    private init(
        _ view: Bytes, _ isAMP: Bool, _ rewritesVisibleText: Bool, _ literals: [ByteRange],
        _ hasDisguises: Bool,
        _ collector: LinkCollector
    ) {
        self.view = view
        self.isAMP = isAMP
        self.rewritesVisibleText = rewritesVisibleText
        self.collector = collector
        self.literals = literals
        self.hasDisguises = hasDisguises
        hasTellingReferences = hasDisguises && TellingReferences.occur(in: view)
    }

    // MARK: Tags

    mutating func endOfQuiet(from start: Int) -> Int {
        if hasDisguises { return start }
        if start < gap.start || start >= gap.end { _ = hasLiteral(outsideGap: ByteRange(start, start + 1)) }
        return gap.end
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
        let hasLiteral = hasLiteral(in: range)
        guard hasLiteral || hasDisguises else { return }
        for (index, attribute) in attributes.enumerated() {
            let kind = HTMLPlaces.kind(
                view, element: name, attribute: attribute.name, namespace: namespace, isAMP: isAMP)
            if kind == .other && !hasLiteral && !hasTellingReferences { continue }
            if hasLiteral { verbatim(attribute.name, place: "attribute name", reason: .notALinkPlace) }
            guard mayConcern(attribute.value, hasLiteral: hasLiteral, isLink: kind != .other) else {
                continue
            }
            // No further, or a tag of a million attributes would be compared with itself. To move a duplicate that
            // nobody reads does no harm.
            let isDuplicate = attributes[..<min(index, 256)].contains { isSameName($0.name, attribute.name) }
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
        let text = CharacterReferences.decode(attribute.value, of: view, inAttribute: true)
        let place = place(element, attribute.name)
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
        guard hasLiteral(in: range) else { return }
        verbatim(range, place: "/" + lowercased(name), reason: .notALinkPlace)
    }

    mutating func unterminatedTag(_ range: ByteRange) {
        guard hasLiteral(in: range) || hasTellingReferences else { return }
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
            guard hasLiteral(in: range) || hasTellingReferences else { return }
            let text = CharacterReferences.decode(range, of: view, inAttribute: false)
            let place = lowercased(element)
            collector.mentions(in: text, place: place, reason: .notALinkPlace)
        case .raw:
            rawText(range, element: element)
        }
    }

    private mutating func visibleText(_ range: ByteRange, hasReferences: Bool) {
        guard hasLiteral(in: range) || hasDisguises && mayHideURL(range) else { return }
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
        guard mayConcern(range, hasLiteral: true, isLink: true) else { return }
        let text = CharacterReferences.decode(range, of: view, inAttribute: false)
        collector.styleSheet(text, place: "style", isAttribute: true)
    }

    private mutating func rawText(_ range: ByteRange, element: ByteRange) {
        if view.equals("style", in: element) {
            guard mayConcern(range, hasLiteral: true, isLink: true) else { return }
            collector.styleSheet(
                DecodedText(verbatim: range, of: view), place: "style", isAttribute: false)
        } else if view.equals("script", in: element) {
            if isJSONLD {
                guard mayConcern(range, hasLiteral: true, isLink: true) else { return }
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
            depth += 1
            HTMLTokenizer.tokenize(content, of: view, into: &self)
            depth -= 1
        } else {
            verbatim(data, place: "comment", reason: .comment)
        }
    }

    private mutating func verbatim(_ range: ByteRange, place: String, reason: LeftReason) {
        guard hasLiteral(in: range) else { return }
        collector.mentions(in: DecodedText(verbatim: range, of: view), place: place, reason: reason)
    }

    // MARK: What is worth reading

    /// Whether a default domain stands literally in the stretch.
    @inline(__always)
    private mutating func hasLiteral(in range: ByteRange) -> Bool {
        if range.start >= gap.start, range.end <= gap.end { return false }
        return hasLiteral(outsideGap: range)
    }

    @inline(never)
    private mutating func hasLiteral(outsideGap range: ByteRange) -> Bool {
        let low = firstLiteral(from: range.start)
        gapEnd = low
        gap = ByteRange(
            low == 0 ? 0 : literals[low - 1].start + 1,
            low == literals.count ? view.count : literals[low].start)
        return low < literals.count && literals[low].start < range.end
    }

    /// The first literal at or behind `start`: mostly the one at the gap's end or the next, as strings follow each
    /// other.
    private func firstLiteral(from start: Int) -> Int {
        var low = gapEnd
        if low < literals.count, literals[low].start < start { low += 1 }
        if low == 0 || literals[low - 1].start < start, low == literals.count || literals[low].start >= start
        {
            return low
        }
        low = 0
        var high = literals.count
        while low < high {
            let middle = (low + high) / 2
            if literals[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a value has to be read: a default domain stands in it, or might in another spelling.
    private mutating func mayConcern(_ value: ByteRange, hasLiteral: Bool, isLink: Bool) -> Bool {
        if value.isEmpty { return false }
        if hasLiteral, self.hasLiteral(in: value) { return true }
        guard hasDisguises else { return false }
        if isLink {
            return collector.showsAllLinks || mayHideHost(value)
        }
        return hasTellingReferences
            && view.firstIndex(of: UInt8(ascii: "&"), from: value.start, to: value.end) != nil
    }

    /// Whether some byte of the stretch could be part of a host in disguise.
    private func mayHideHost(_ range: ByteRange) -> Bool {
        for index in range.start..<range.end {
            let byte = view[index]
            if byte >= 0x80 || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "%")
                || byte == UInt8(ascii: "\\") || byte == 0x09 || byte == 0x0A || byte == 0x0D
            {
                return true
            }
        }
        return false
    }

    /// Whether text without a literal default domain could hold a URL in disguise.
    private func mayHideURL(_ range: ByteRange) -> Bool {
        if hasTellingReferences,
            view.firstIndex(of: UInt8(ascii: "&"), from: range.start, to: range.end) != nil
        {
            return true
        }
        var search = range.start
        while let colon = view.firstIndex(of: UInt8(ascii: ":"), from: search, to: range.end) {
            search = colon + 1
            if search < range.end, view[search] == UInt8(ascii: "/") || view[search] == UInt8(ascii: "\\") {
                return true
            }
        }
        return false
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

    private func isSameName(_ one: ByteRange, _ other: ByteRange) -> Bool {
        one.count == other.count
            && (0..<one.count).allSatisfy {
                ASCII.lowercased(view[one.start + $0]) == ASCII.lowercased(view[other.start + $0])
            }
    }

    /// `a[href]`. A mail has few different ones: they are kept.
    private mutating func place(_ element: ByteRange, _ attribute: ByteRange) -> String {
        for known in places where isSameName(known.element, element) && isSameName(known.attribute, attribute)
        {
            return known.name
        }
        let name = lowercased(element) + "[" + lowercased(attribute) + "]"
        if places.count < 16 { places.append((element, attribute, name)) }
        return name
    }

    private func lowercased(_ name: ByteRange) -> String {
        String(decoding: view.copy(name).map(ASCII.lowercased), as: UTF8.self)
    }
}
