extension ConfigurationNode {
    /// Reads the one YAML document of a file.
    ///
    /// - Returns: its root, or nil where the file cannot be read or is not YAML. A duplicate key is reported,
    ///   but its mapping is still returned (with the first value), so that more mistakes can be found.
    public static func read(file: String, errors: ErrorList) -> ConfigurationNode? {
        do {
            return parse(try FileBytes.read(file), file: file, errors: errors)
        } catch {
            errors.report(SourcePosition(file: file), error.message)
            return nil
        }
    }

    /// Reads the one YAML document in `bytes`; `file` is its name in messages.
    public static func parse(_ bytes: [UInt8], file: String, errors: ErrorList) -> ConfigurationNode? {
        // A byte order mark is no part of the text (YAML 1.2.2 section 5.2).
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let offset = offsetOfInvalidUTF8(text) {
            let utf16 = text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
            errors.report(
                SourcePosition(file: file, byteOffset: offset, in: text),
                "expected UTF-8, found " + (utf16 ? "UTF-16" : "a byte that is not"))
            return nil
        }
        var composer = YAMLComposer(text, file: file, errors: errors)
        do {
            return try composer.document()
        } catch {
            errors.report([error])
            return nil
        }
    }
}

private func offsetOfInvalidUTF8(_ bytes: [UInt8]) -> Int? {
    do {
        _ = try UTF8Span(validating: bytes.span)
        return nil
    } catch {
        return error.byteOffsets.lowerBound
    }
}

/// Builds nodes from events.
struct YAMLComposer {
    /// Deeper nesting is a mistake: our deepest setting stands at level 6.
    static let maximumDepth = 32
    /// Nodes in one file, those behind aliases counted each time: a few lines of nested aliases would
    /// otherwise mean billions of nodes ("billion laughs").
    static let maximumNodes = 100_000

    private let events: YAMLEvents
    private let file: String
    private let errors: ErrorList
    private var anchors: [String: (node: ConfigurationNode, nodeCount: Int)] = [:]
    private var nodeCount = 0

    init(_ utf8: [UInt8], file: String, errors: ErrorList) {
        events = YAMLEvents(utf8, file: file)
        self.file = file
        self.errors = errors
    }

    /// The root of the stream's one document.
    mutating func document() throws(ConfigurationError) -> ConfigurationNode {
        _ = try events.next()  // the stream's start
        guard case .documentStart = try events.next().kind else { throw emptyFile }
        let root = try node(events.next(), depth: 1)
        _ = try events.next()  // the document's end
        let end = try events.next()
        guard case .streamEnd = end.kind else {
            throw ConfigurationError(position(end), "expected one YAML document, found a second one")
        }
        if root.scalar == "" { throw emptyFile }
        return root
    }

    private var emptyFile: ConfigurationError {
        ConfigurationError(SourcePosition(file: file), "expected settings, found an empty file")
    }

    private func position(_ event: YAMLEvent) -> SourcePosition {
        SourcePosition(file: file, line: event.line, column: event.column)
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(ConfigurationError) -> ConfigurationNode
    {
        guard depth <= YAMLComposer.maximumDepth else {
            throw ConfigurationError(
                position(event), "expected at most \(YAMLComposer.maximumDepth) levels of nesting")
        }
        let countBefore = nodeCount
        try count(1, at: event)
        try checkTag(event)
        let value: ConfigurationNode.Value
        switch event.kind {
        case .scalar(let text): value = .scalar(text)
        case .sequenceStart: value = .sequence(try sequence(depth: depth))
        case .mappingStart: value = .mapping(try mapping(depth: depth))
        case .alias(let name):
            guard let anchored = anchors[name] else {
                throw ConfigurationError(
                    position(event),
                    "the alias *\(printable(name)) has no anchor &\(printable(name)) before it; if none is meant, put "
                        + "it in quotes: \(quoted("*" + name))")
            }
            try count(anchored.nodeCount, at: event)
            value = anchored.node.value
        default:
            throw ConfigurationError(position(event), "not valid YAML: expected a value")
        }
        let node = ConfigurationNode(position: position(event), value: value)
        // Registered only now: an alias inside its own anchor is undefined, not endless.
        if let anchor = event.anchor { anchors[anchor] = (node, nodeCount - countBefore) }
        return node
    }

    private mutating func count(_ nodes: Int, at event: YAMLEvent) throws(ConfigurationError) {
        nodeCount += nodes
        guard nodeCount <= YAMLComposer.maximumNodes else {
            throw ConfigurationError(
                position(event),
                "expected at most \(YAMLComposer.maximumNodes) values in one file, aliases counted each time")
        }
    }

    /// A tag asks for another reading of what is written (`!!int`, `!!binary`), and there is none here.
    private func checkTag(_ event: YAMLEvent) throws(ConfigurationError) {
        let readAsWritten = ["str", "seq", "map"].map { "tag:yaml.org,2002:" + $0 } + ["!"]
        guard let tag = event.tag, !readAsWritten.contains(tag) else { return }
        throw ConfigurationError(
            position(event), "expected a value without a tag, found the tag \(quoted(tag))")
    }

    private mutating func sequence(depth: Int) throws(ConfigurationError) -> [ConfigurationNode] {
        var items: [ConfigurationNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func mapping(
        depth: Int
    ) throws(ConfigurationError) -> [(key: ConfigurationNode, value: ConfigurationNode)] {
        var pairs: [(key: ConfigurationNode, value: ConfigurationNode)] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return pairs }
            let key = try node(event, depth: depth + 1)
            guard let name = key.scalar else {
                throw ConfigurationError(key.position, "expected a word as the key, found \(key.kindOfValue)")
            }
            let value = try node(events.next(), depth: depth + 1)
            if let line = lines[name] {
                errors.report(
                    key.position, "`\(printable(name))` is given twice; the first is on line \(line)")
            } else {
                lines[name] = key.position.line
                pairs.append((key, value))
            }
        }
    }
}

extension ConfigurationNode {
    /// What the node is, in a message's words: `a list`, `a mapping`, `nothing`, `"text"`.
    public var kindOfValue: String {
        switch value {
        case .scalar(""): "nothing"
        case .scalar(let text): quoted(text)
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
