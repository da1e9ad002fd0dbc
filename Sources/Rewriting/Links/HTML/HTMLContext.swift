/// The namespace of an element (WHATWG HTML, section 2.1.5).
enum HTMLNamespace {
    case html
    case svg
    case mathML
}

/// How the tokenizer reads an element's content.
enum HTMLContentModel {
    case markup
    case rcdata
    case rawText
    case script
    case plaintext
}

/// As much of the tree builder as the tokenizer depends on: whether the current place is in SVG or MathML
/// (section 13.2.6.5, "the rules for parsing tokens in foreign content").
struct HTMLContext {
    /// An element that changed the namespace of its content.
    private struct Scope {
        var name: [UInt8]
        var namespace: HTMLNamespace
        /// Where its start tag begins.
        var start: Int
        /// The names of the elements that are open directly in it.
        var elements: [ByteRange] = []
    }

    private var scopes: [Scope] = []

    /// The namespace of the content at the current place.
    var namespace: HTMLNamespace { scopes.last?.namespace ?? .html }

    /// Whether a start tag of this name at the current place changes nothing in how the rest is read.
    func isPlain(_ view: Bytes, _ name: ByteRange) -> Bool {
        guard scopes.isEmpty, !name.isEmpty else { return false }
        // The first letters of all the names below: most tags have another one.
        let letter = view[name.start] | 0x20
        guard letter &- 0x61 < 26, initials &>> UInt32(letter &- 0x61) & 1 == 1 else { return true }
        return !view.equals("svg", in: name) && !view.equals("math", in: name)
            && HTMLContext.contentModel(of: view, name) == .markup
    }

    /// A bit for each letter with which the name of an element begins that switches the tokenizer's state or the
    /// namespace.
    private let initials: UInt32 = "imnpstx".utf8.reduce(0) { $0 | 1 << UInt32($1 - 0x61) }

    /// How deep namespaces nest before further changes are no longer followed.
    private static let maximumDepth = 256
    /// How many elements in all of them are followed: an end tag is compared with each.
    private static let maximumElements = 128

    /// Where SVG or MathML begins that is open at the current place.
    var foreignStart: Int? { scopes.first?.start }

    /// A start tag that begins at `start`.
    ///
    /// - Returns: the namespace that the element is in.
    mutating func enter(
        _ view: Bytes, _ name: ByteRange, _ attributes: [HTMLAttribute], isSelfClosing: Bool, from start: Int
    ) -> HTMLNamespace {
        if scopes.isEmpty {
            guard name.count >= 3, name.count <= 4 else { return .html }
        } else if namespace != .html, HTMLContext.breaksOut(view, name, attributes) {
            leaveForeign()
            return .html
        }
        let current = namespace
        switch current {
        case .html:
            if view.equals("svg", in: name) {
                open(view, name, .svg, isSelfClosing, start)
                return .svg
            }
            if view.equals("math", in: name) {
                open(view, name, .mathML, isSelfClosing, start)
                return .mathML
            }
        case .svg:
            if view.equals("svg", in: name) {
                open(view, name, .svg, isSelfClosing, start)
            } else if view.equals("foreignobject", in: name) || view.equals("desc", in: name)
                || view.equals("title", in: name)
            {
                open(view, name, .html, isSelfClosing, start)  // an HTML integration point
            } else if !isSelfClosing {
                note(name)
            }
        case .mathML:
            if view.equals("math", in: name) {
                open(view, name, .mathML, isSelfClosing, start)
            } else if HTMLContext.isMathMLTextIntegrationPoint(view, name)
                || view.equals("annotation-xml", in: name) && HTMLContext.isHTMLAnnotation(view, attributes)
            {
                open(view, name, .html, isSelfClosing, start)
            } else if !isSelfClosing {
                note(name)
            }
        }
        return current
    }

    /// An end tag.
    ///
    /// - Returns: whether it stands in SVG or MathML and no element in there has its name, so that it is one of HTML,
    ///   round them, that may be meant.
    mutating func leave(_ view: Bytes, _ name: ByteRange) -> Bool {
        guard !scopes.isEmpty else { return false }
        let isForeign = namespace != .html
        if isForeign, view.equals("p", in: name) || view.equals("br", in: name) {
            leaveForeign()
            return false
        }
        for index in scopes.indices.reversed() {
            if isForeign, let element = scopes[index].elements.lastIndex(where: { view.equals($0, name) }) {
                scopes[index].elements.removeSubrange(element...)
                scopes.removeSubrange((index + 1)...)
                return false
            }
            if view[name.start..<name.end].elementsEqual(
                scopes[index].name, by: { ASCII.lowercased($0) == $1 })
            {
                scopes.removeSubrange(index...)
                return false
            }
        }
        return scopes.allSatisfy { $0.namespace != .html }
    }

    /// What is open in SVG and MathML no longer is.
    mutating func leaveForeign() {
        while namespace != .html { scopes.removeLast() }
    }

    private mutating func open(
        _ view: Bytes, _ name: ByteRange, _ namespace: HTMLNamespace, _ isSelfClosing: Bool, _ start: Int
    ) {
        guard !isSelfClosing, scopes.count < HTMLContext.maximumDepth else { return }
        scopes.append(
            Scope(name: view.copy(name).map(ASCII.lowercased), namespace: namespace, start: start))
    }

    /// An element of SVG or MathML in which the namespace stays what it is.
    private mutating func note(_ name: ByteRange) {
        let count = scopes.reduce(0) { $0 + $1.elements.count }
        if count < HTMLContext.maximumElements { scopes[scopes.count - 1].elements.append(name) }
    }

    private static func isMathMLTextIntegrationPoint(_ view: Bytes, _ name: ByteRange) -> Bool {
        view.equals("mi", in: name) || view.equals("mo", in: name) || view.equals("mn", in: name)
            || view.equals("ms", in: name) || view.equals("mtext", in: name)
    }

    private static func isHTMLAnnotation(_ view: Bytes, _ attributes: [HTMLAttribute]) -> Bool {
        attributes.contains { attribute in
            view.equals("encoding", in: attribute.name)
                && (view.equals("text/html", in: attribute.value)
                    || view.equals("application/xhtml+xml", in: attribute.value))
        }
    }

    /// Start tags that end foreign content wherever they stand.
    private static func breaksOut(_ view: Bytes, _ name: ByteRange, _ attributes: [HTMLAttribute]) -> Bool {
        if view.equals("font", in: name) {
            return attributes.contains {
                view.equals("color", in: $0.name) || view.equals("face", in: $0.name)
                    || view.equals("size", in: $0.name)
            }
        }
        return breakouts.contains(view.copy(name).map(ASCII.lowercased))
    }

    private static let breakouts: Set<[UInt8]> = Set(
        """
        b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing \
        menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var
        """.utf8.split(separator: UInt8(ascii: " ")).map(Array.init))

    /// The elements whose start tag switches the tokenizer's state. Scripting is off in mail: `noscript`
    /// is markup.
    static func contentModel(of view: Bytes, _ name: ByteRange) -> HTMLContentModel {
        guard name.count >= 3, name.count <= 9 else { return .markup }
        switch ASCII.lowercased(view[name.start]) {
        case UInt8(ascii: "s"):
            if view.equals("style", in: name) { return .rawText }
            if view.equals("script", in: name) { return .script }
        case UInt8(ascii: "t"):
            if view.equals("title", in: name) || view.equals("textarea", in: name) { return .rcdata }
        case UInt8(ascii: "x"):
            if view.equals("xmp", in: name) { return .rawText }
        case UInt8(ascii: "i"):
            if view.equals("iframe", in: name) { return .rawText }
        case UInt8(ascii: "n"):
            if view.equals("noembed", in: name) || view.equals("noframes", in: name) { return .rawText }
        case UInt8(ascii: "p"):
            if view.equals("plaintext", in: name) { return .plaintext }
        default: break
        }
        return .markup
    }
}
