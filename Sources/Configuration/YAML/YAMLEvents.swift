internal import CYaml

/// One event of libyaml, with its place.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case scalar(String)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case alias(String)
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    /// From 1; columns count Unicode scalars, as libyaml does.
    var line: Int
    var column: Int
    /// Where it stands, in characters from the start.
    var range: Range<Int>
}

/// Pulls libyaml's events out of bytes.
///
/// libyaml comes with Yams, whose own composer will not do here: it stops at the first duplicate key
/// without the place of the second, follows aliases without a bound, and forgets where an alias stood.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let file: String

    /// - Parameter utf8: valid UTF-8 without a byte order mark.
    init(_ utf8: [UInt8], file: String) {
        self.file = file
        // libyaml keeps pointers to both until the end, so neither may move.
        bytes = .allocate(capacity: utf8.count)
        _ = bytes.initialize(from: utf8)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deinitialize(count: 1)
        parser.deallocate()
        bytes.deallocate()
    }

    /// The next event. Not to be called again after the end of the stream or an error.
    func next() throws(ConfigurationError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        var anchor: UnsafePointer<UInt8>?
        var tag: UnsafePointer<UInt8>?
        let kind: YAMLEvent.Kind
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            (anchor, tag) = (UnsafePointer(scalar.anchor), UnsafePointer(scalar.tag))
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(String(decoding: text, as: UTF8.self))
        case YAML_SEQUENCE_START_EVENT:
            (anchor, tag) = (
                UnsafePointer(event.data.sequence_start.anchor), UnsafePointer(event.data.sequence_start.tag)
            )
            kind = .sequenceStart
        case YAML_MAPPING_START_EVENT:
            (anchor, tag) = (
                UnsafePointer(event.data.mapping_start.anchor), UnsafePointer(event.data.mapping_start.tag)
            )
            kind = .mappingStart
        case YAML_ALIAS_EVENT:
            kind = .alias(String(cString: event.data.alias.anchor))
        default: kind = .streamStart
        }
        return YAMLEvent(
            kind: kind, anchor: anchor.map { String(cString: $0) }, tag: tag.map { String(cString: $0) },
            line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1,
            range: Int(
                event.start_mark.index)..<max(
                    Int(event.start_mark.index), Int(event.end_mark.index)))
    }

    /// libyaml's complaint in our words, with its place.
    private func failure() -> ConfigurationError {
        let error = parser.pointee
        let problem = error.problem.map { String(cString: $0) } ?? "out of memory"
        if error.error == YAML_READER_ERROR {
            return ConfigurationError(
                position(ofByte: Int(error.problem_offset)), "not valid YAML: \(problem)")
        }
        let mark = error.problem_mark
        let position = SourcePosition(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        if character(at: mark) == UInt8(ascii: "\t") {
            return ConfigurationError(position, "a tab stands here; YAML is indented with spaces")
        }
        if let (place, text) = unquoted(error, problem), let first = text.first {
            let remedy = text.contains("\"") || text.contains("\\") ? "" : ": " + quoted(text)
            return ConfigurationError(
                place, "a value cannot begin with \(first) in YAML; put it in quotes\(remedy)")
        }
        var message = "not valid YAML: \(problem)"
        if let context = error.context {
            message += " (\(String(cString: context)) from line \(error.context_mark.line + 1))"
        }
        return ConfigurationError(position, message + advice(on: problem))
    }

    /// What an operator can do about libyaml's commonest complaints.
    private func advice(on problem: String) -> String {
        switch problem {
        case "mapping values are not allowed in this context":
            "; expected a key only where a line begins, indented as its neighbours are, and a space behind its colon; "
                + "a value with a colon stands in quotes"
        case "did not find expected key", "did not find expected '-' indicator":
            "; is the line indented as its neighbours are?"
        default: ""
        }
    }

    /// A value that begins with a character of which YAML thinks otherwise: `@acme.example`, `*.relay.example`, `::1`.
    private func unquoted(_ error: yaml_parser_t, _ problem: String) -> (SourcePosition, String)? {
        let context = error.context.map { String(cString: $0) } ?? ""
        let mark: yaml_mark_t
        switch (problem, context) {
        case (_, "while scanning an alias"), (_, "while scanning an anchor"): mark = error.context_mark
        case ("found character that cannot start any token", _): mark = error.problem_mark
        case ("did not find expected node content", _)
        where character(at: error.problem_mark) == UInt8(ascii: ":"): mark = error.problem_mark
        default: return nil
        }
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.dropFirst(Int(mark.index))
            .prefix { $0.value > 0x20 && !",[]{}".unicodeScalars.contains($0) }
        return (
            SourcePosition(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1),
            String(String.UnicodeScalarView(text))
        )
    }

    /// The byte at a mark; the mark's index counts characters, its lines are libyaml's own.
    private func character(at mark: yaml_mark_t) -> UInt8? {
        var index = 0
        for byte in bytes where byte & 0xC0 != 0x80 {
            if index == mark.index { return byte }
            index += 1
        }
        return nil
    }

    private func position(ofByte offset: Int) -> SourcePosition {
        SourcePosition(file: file, byteOffset: offset, in: bytes)
    }
}

extension SourcePosition {
    /// The place of a byte in a file; LF, CR and CRLF end lines.
    init(file: String, byteOffset: Int, in bytes: some Collection<UInt8>) {
        var (line, column) = (1, 1)
        var previous: UInt8 = 0
        for byte in bytes.prefix(byteOffset) {
            switch byte {
            case UInt8(ascii: "\n") where previous == UInt8(ascii: "\r"): break
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): (line, column) = (line + 1, 1)
            case 0x80...0xBF: break  // the rest of a character that was counted
            default: column += 1
            }
            previous = byte
        }
        self.init(file: file, line: line, column: column)
    }
}
