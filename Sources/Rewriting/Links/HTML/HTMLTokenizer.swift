/// What a `<!--` in a script has hidden.
private enum ScriptDataState {
    case data
    case escaped
    case doubleEscaped
}

/// The tokenizer of the WHATWG HTML Standard (section 13.2.5) over bytes, giving outlines instead of strings.
///
/// The states are the standard's; where runs of one state need no decision byte by byte, `memchr` finds
/// their end. The tree builder's feedback (which element switches the state) is in ``HTMLContext``.
struct HTMLTokenizer<Sink: HTMLTokenSink> {
    private let view: Bytes
    private let end: Int
    private var position: Int
    private var context = HTMLContext()
    private var attributes: [HTMLAttribute] = []
    /// Where the document begins.
    private let start: Int
    /// What is open round SVG or MathML; nil until it matters.
    private var openElements: OpenElements?

    /// Reads `range` of the view as a document or fragment.
    static func tokenize(_ range: ByteRange, of view: Bytes, into sink: inout Sink) {
        var tokenizer = HTMLTokenizer(view, range)
        tokenizer.data(into: &sink)
    }

    init(_ view: Bytes, _ range: ByteRange) {
        self.view = view
        position = range.start
        start = range.start
        end = range.end
    }

    /// What ends a tag's name: white space, `/` and `>`.
    @inline(__always)
    private static func endsTagName(_ byte: UInt8) -> Bool {
        ASCII.isOne(of: ASCII.whitespace | 1 << 0x2F | 1 << 0x3E, byte)
    }

    /// What ends an attribute's name: the same, and `=`.
    @inline(__always)
    private static func endsAttributeName(_ byte: UInt8) -> Bool {
        ASCII.isOne(of: ASCII.whitespace | 1 << 0x2F | 1 << 0x3D | 1 << 0x3E, byte)
    }

    // MARK: Data state (13.2.5.1) and tag open state (13.2.5.6)

    mutating func data(into sink: inout Sink) {
        var textStart = position
        while let open = view.firstIndex(near: UInt8(ascii: "<"), from: position, to: end) {
            guard open + 1 < end else { break }
            let byte = view[open + 1]
            if ASCII.isLetter(byte) {
                emitText(textStart, open, into: &sink)
                startTag(from: open, into: &sink)
            } else if byte == UInt8(ascii: "/") {
                guard open + 2 < end else { break }
                emitText(textStart, open, into: &sink)
                endTagOpen(from: open, into: &sink)
            } else if byte == UInt8(ascii: "!") {
                emitText(textStart, open, into: &sink)
                markupDeclaration(from: open, into: &sink)
            } else if byte == UInt8(ascii: "?") {
                emitText(textStart, open, into: &sink)
                bogusComment(dataFrom: open + 1, into: &sink)
            } else {
                position = open + 1  // invalid-first-character-of-tag-name: the `<` is text
                continue
            }
            textStart = position
        }
        emitText(textStart, end, into: &sink)
        position = end
    }

    private func emitText(_ start: Int, _ stop: Int, into sink: inout Sink) {
        if start < stop { sink.text(ByteRange(start, stop), kind: .data, element: ByteRange(0, 0)) }
    }

    // MARK: Tags

    private mutating func startTag(from open: Int, into sink: inout Sink) {
        let name = tagName(from: open + 1)
        if context.isPlain(view, name), let stop = plainTagEnd(from: position),
            sink.isQuiet(ByteRange(open, stop))
        {
            position = stop
            return
        }
        guard let isSelfClosing = tagAttributes() else {
            sink.unterminatedTag(ByteRange(open, end))
            return
        }
        let namespace = context.enter(
            view, name, attributes, isSelfClosing: isSelfClosing, from: open)
        sink.startTag(
            ByteRange(open, position), name: name, attributes: attributes, namespace: namespace)
        if namespace == .html {
            content(of: name, HTMLContext.contentModel(of: view, name), into: &sink)
        }
    }

    /// Behind the `>` of the tag whose name ends at `start`, nil where it takes the states themselves to tell. Between
    /// the name or a closing quote and the next `=`, without quotes in between, are only names, white space and
    /// slashes; a letter before the `=` is the end of a name, a quote behind it begins a value.
    private func plainTagEnd(from start: Int) -> Int? {
        guard let base = view.baseAddress else { return nil }
        if start < end, base[start] == UInt8(ascii: ">") { return start &+ 1 }
        var position = start
        while position &+ 16 <= end {
            let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
            let hits =
                (bytes .== SIMD16<UInt8>(repeating: 0x3D)) .| (bytes .== SIMD16<UInt8>(repeating: 0x3E))
                .| (bytes .== SIMD16<UInt8>(repeating: 0x22)) .| (bytes .== SIMD16<UInt8>(repeating: 0x27))
            guard let lane = Bytes.firstLane(hits) else {
                position &+= 16
                continue
            }
            let hit = position &+ lane
            if base[hit] == UInt8(ascii: ">") { return hit &+ 1 }
            guard base[hit] == UInt8(ascii: "="), hit > start, ASCII.isLetter(base[hit &- 1]), hit &+ 1 < end
            else { return nil }
            let quote = base[hit &+ 1]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let close = view.firstIndex(near: quote, from: hit &+ 2, to: end)
            else { return nil }
            position = close &+ 1
        }
        return nil
    }

    /// End tag open state (13.2.5.7).
    @inline(__always)
    private mutating func endTagOpen(from open: Int, into sink: inout Sink) {
        if ASCII.isLetter(view[open + 2]) {
            endTag(from: open, into: &sink)
        } else if view[open + 2] == UInt8(ascii: ">") {
            position = open + 3  // missing-end-tag-name: `</>` is nothing
        } else {
            bogusComment(dataFrom: open + 2, into: &sink)
        }
    }

    // With two kinds of sinks to choose from, the optimizer would make calls of what every tag takes.
    @inline(__always)
    private mutating func endTag(from open: Int, into sink: inout Sink) {
        let name = tagName(from: open + 2)
        if position < end, view[position] == UInt8(ascii: ">") {
            position += 1
        } else if tagAttributes() == nil {
            sink.unterminatedTag(ByteRange(open, end))
            return
        }
        if context.foreignStart != nil, context.leave(view, name), closesElementOutside(name) {
            context.leaveForeign()
        }
        sink.endTag(ByteRange(open, position), name: name)
    }

    /// Whether the end tag that was just read, in SVG or MathML, is that of an element of HTML round them, which it
    /// closes with all that is open in it.
    @inline(never)
    private mutating func closesElementOutside(_ name: ByteRange) -> Bool {
        guard Sink.self != OpenElements.self, let foreign = context.foreignStart else { return false }
        var elements = openElements ?? OpenElements(view, from: start)
        openElements = nil
        elements.read(to: foreign)
        let closes = elements.close(name, behind: position)
        openElements = elements
        return closes
    }

    /// Tag name state (13.2.5.8).
    @inline(__always)
    private mutating func tagName(from start: Int) -> ByteRange {
        position = start
        while position < end, !Self.endsTagName(view[position]) { position += 1 }
        return ByteRange(start, position)
    }

    /// The attribute states (13.2.5.32 to 13.2.5.40), from behind the tag's name to behind its `>`.
    ///
    /// - Returns: whether the tag closes itself, nil where the document ends inside it.
    private mutating func tagAttributes() -> Bool? {
        if !attributes.isEmpty { attributes.removeAll(keepingCapacity: true) }
        while position < end {
            // Before attribute name state.
            let byte = view[position]
            if ASCII.isWhitespace(byte) {
                position += 1
            } else if byte == UInt8(ascii: ">") {
                position += 1
                return false
            } else if byte == UInt8(ascii: "/") {
                // Self-closing start tag state.
                position += 1
                if position < end, view[position] == UInt8(ascii: ">") {
                    position += 1
                    return true
                }
            } else if !attribute() {
                return nil
            }
        }
        return nil
    }

    /// One attribute.
    ///
    /// - Returns: false where the document ends inside it.
    private mutating func attribute() -> Bool {
        let nameStart = position
        position += 1  // whatever it is, `=` included, it begins a name
        while position < end, !Self.endsAttributeName(view[position]) { position += 1 }
        let name = ByteRange(nameStart, position)
        skipWhitespace()  // after attribute name state
        guard position < end, view[position] == UInt8(ascii: "=") else {
            attributes.append(HTMLAttribute(name: name, value: ByteRange(name.end, name.end)))
            return position < end
        }
        position += 1
        skipWhitespace()  // before attribute value state
        guard position < end else { return false }
        let byte = view[position]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            guard let close = view.firstIndex(near: byte, from: position + 1, to: end) else {
                position = end
                return false
            }
            attributes.append(HTMLAttribute(name: name, value: ByteRange(position + 1, close)))
            position = close + 1
            return true
        }
        let valueStart = position
        while position < end, view[position] != UInt8(ascii: ">"), !ASCII.isWhitespace(view[position]) {
            position += 1
        }
        attributes.append(HTMLAttribute(name: name, value: ByteRange(valueStart, position)))
        return position < end
    }

    private mutating func skipWhitespace() {
        while position < end, ASCII.isWhitespace(view[position]) { position += 1 }
    }

    // MARK: Content that is not markup

    /// Reads the content of an element whose start tag switches the tokenizer's state.
    mutating func content(of name: ByteRange, _ model: HTMLContentModel, into sink: inout Sink) {
        guard model != .markup else { return }
        let start = position
        let close: Int?
        switch model {
        case .plaintext: close = nil
        case .script: close = endOfScript(name)
        default: close = endOfRawText(name, from: start)
        }
        let stop = close ?? end
        if start < stop {
            sink.text(
                ByteRange(start, stop), kind: model == .rcdata ? .rcdata : .raw, element: name)
        }
        position = stop
        if let close { endTag(from: close, into: &sink) }
    }

    /// Where the "appropriate end tag" of the element begins.
    private func endOfRawText(_ name: ByteRange, from start: Int) -> Int? {
        var search = start
        while let open = view.firstIndex(of: "</", from: search, to: end) {
            if isTag(name, at: open + 2) { return open }
            search = open + 2
        }
        return nil
    }

    /// Whether the element's name stands at `start`, ended as a tag name is.
    private func isTag(_ name: ByteRange, at start: Int) -> Bool {
        let stop = start + name.count
        guard stop < end else { return false }
        for offset in 0..<name.count
        where ASCII.lowercased(view[start + offset]) != ASCII.lowercased(view[name.start + offset]) {
            return false
        }
        return Self.endsTagName(view[stop])
    }

    /// The script data states (13.2.5.4 and 13.2.5.15 to 13.2.5.31): `<!--` hides a nested script's end tag.
    private func endOfScript(_ name: ByteRange) -> Int? {
        var state = ScriptDataState.data
        var search = position
        var dashes = -1  // the next `-->` at or after `search`; `end` where there is none
        while let open = view.firstIndex(of: UInt8(ascii: "<"), from: search, to: end) {
            if state != .data {
                if dashes < search { dashes = view.firstIndex(of: "-->", from: search, to: end) ?? end }
                if dashes < open {
                    state = .data
                    search = dashes + 3
                    continue
                }
            }
            search = open + 1
            if open + 1 < end, view[open + 1] == UInt8(ascii: "/"), isTag(name, at: open + 2) {
                if state != .doubleEscaped { return open }
                state = .escaped
            } else if state == .data, view.hasPrefix("<!--", at: open), open + 4 <= end {
                state = .escaped
                search = open + 2  // the dashes of `<!--` may be those of `-->`
            } else if state == .escaped, isTag(name, at: open + 1) {
                state = .doubleEscaped
            }
        }
        return nil
    }

    // MARK: Comments and declarations

    /// Markup declaration open state (13.2.5.42).
    private mutating func markupDeclaration(from open: Int, into sink: inout Sink) {
        let start = open + 2
        if start + 2 <= end, view[start] == 0x2D, view[start + 1] == 0x2D {
            comment(dataFrom: start + 2, into: &sink)
        } else if start + 7 <= end, view.hasPrefix("doctype", at: start) {
            let close = view.firstIndex(of: UInt8(ascii: ">"), from: start, to: end)
            position = close.map { $0 + 1 } ?? end
            sink.doctype(ByteRange(open, position))
        } else if context.namespace != .html, start + 7 <= end, isCDATA(at: start) {
            let dataStart = start + 7
            let close = view.firstIndex(of: "]]>", from: dataStart, to: end)
            sink.text(ByteRange(dataStart, close ?? end), kind: .cdata, element: ByteRange(0, 0))
            position = close.map { $0 + 3 } ?? end
        } else {
            bogusComment(dataFrom: start, into: &sink)
        }
    }

    private func isCDATA(at start: Int) -> Bool {
        zip(view[start..<start + 7], "[CDATA[".utf8).allSatisfy { $0 == $1 }
    }

    /// The comment states (13.2.5.43 to 13.2.5.52).
    private mutating func comment(dataFrom start: Int, into sink: inout Sink) {
        if start < end, view[start] == UInt8(ascii: ">") {  // `<!-->`
            finishComment(start, start, next: start + 1, into: &sink)
            return
        }
        if start + 1 < end, view[start] == 0x2D, view[start + 1] == UInt8(ascii: ">") {  // `<!--->`
            finishComment(start, start, next: start + 2, into: &sink)
            return
        }
        var search = start
        while let dashes = view.firstIndex(of: "--", from: search, to: end) {
            var next = dashes + 2
            while next < end, view[next] == 0x2D { next += 1 }  // comment end state: more dashes are data
            if next < end, view[next] == UInt8(ascii: ">") {
                finishComment(start, next - 2, next: next + 1, into: &sink)
                return
            }
            if next + 1 < end, view[next] == UInt8(ascii: "!"), view[next + 1] == UInt8(ascii: ">") {
                finishComment(start, next - 2, next: next + 2, into: &sink)
                return
            }
            search = next
        }
        // The end of the document takes what could have begun the end of the comment.
        var stop = end
        if stop - start >= 3, view.hasPrefix("--!", at: stop - 3) {
            stop -= 3
        } else {
            while stop > start, stop > end - 2, view[stop - 1] == 0x2D { stop -= 1 }
        }
        finishComment(start, stop, next: end, into: &sink)
    }

    /// Bogus comment state (13.2.5.41).
    private mutating func bogusComment(dataFrom start: Int, into sink: inout Sink) {
        let close = view.firstIndex(of: UInt8(ascii: ">"), from: start, to: end) ?? end
        finishComment(start, close, next: min(close + 1, end), into: &sink)
    }

    private mutating func finishComment(_ start: Int, _ stop: Int, next: Int, into sink: inout Sink) {
        position = next
        sink.comment(ByteRange(start, max(start, stop)))
    }
}
