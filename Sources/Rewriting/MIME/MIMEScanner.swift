import CVectors

/// Finds the parts of a message by byte ranges (RFC 2046 section 5.1). Nothing is copied but header fields.
struct MIMEScanner {
    private let body: Bytes
    private var structure = MIMEStructure()
    /// The boundaries of the multiparts that enclose the current place, outermost first.
    private var boundaries: [[UInt8]] = []
    /// How many entities enclose the current place.
    private var depth = 0

    /// The structure of a message with these header fields and this body.
    static func scan(fields: [HeaderField], body: Bytes) -> MIMEStructure {
        var scanner = MIMEScanner(body: body)
        let root = Entity(
            number: "", header: EntityHeader(fields: fields, defaultType: .textPlain),
            headerRange: ByteRange(0, 0), protection: nil)
        _ = scanner.scanBody(of: root, from: 0)
        return scanner.structure
    }

    private init(body: Bytes) {
        self.body = body
    }

    /// An entity whose header has been read.
    private struct Entity {
        /// Empty for the message itself.
        var number: String
        var header: EntityHeader
        var headerRange: ByteRange
        var protection: Int?
    }

    /// A boundary delimiter line.
    private struct Delimiter {
        var lineStart: Int
        /// One past the line end.
        var lineEnd: Int
        /// Which of `boundaries` it carries.
        var depth: Int
        /// `--boundary--`.
        var closes: Bool
    }

    /// Reads an entity's body.
    ///
    /// - Returns: the delimiter of an enclosing multipart that ended it, nil at the end of the message.
    private mutating func scanBody(of entity: Entity, from start: Int) -> Delimiter? {
        var entity = entity
        let type = entity.header.contentType
        let name = entity.number.isEmpty ? (type.isMultipart ? "0" : "1") : entity.number
        if entity.protection == nil, let protection = protection(of: entity.header) {
            structure.protected.append(ProtectedPart(number: name, protection: protection))
            entity.protection = structure.protected.count - 1
        }
        let isWithinLimits = depth < MIMELimits.nesting
        if isWithinLimits, type.isMultipart, let boundary = type.boundary {
            return scanMultipart(entity, name: name, boundary: boundary, from: start)
        }
        if isWithinLimits, type.isType("message/rfc822") || type.isType("message/global"),
            isIdentityEncoded(entity.header)
        {
            addHeader(of: entity, name: name)
            // Read on inside, so that the account of what is left can look through its encodings.
            return scanEntity(
                number: name, isEmbedded: true, protection: entity.protection, from: start, in: .textPlain)
        }
        let delimiter = nextDelimiter(from: start)
        let end = delimiter.map { contentEnd(before: $0.lineStart, from: start) } ?? body.count
        structure.leaves.append(
            MIMELeaf(
                number: name, header: entity.header, headerRange: entity.headerRange,
                content: ByteRange(start, max(start, end)), protection: entity.protection))
        return delimiter
    }

    private mutating func scanMultipart(
        _ entity: Entity, name: String, boundary: [UInt8], from start: Int
    ) -> Delimiter? {
        addHeader(of: entity, name: name)
        boundaries.append(boundary)
        defer { boundaries.removeLast() }
        let depth = boundaries.count - 1
        let childType: ContentType =
            entity.header.contentType.isType("multipart/digest") ? .messageRFC822 : .textPlain
        var count = 0
        var isClosed = false
        var gapStart = start
        var next = nextDelimiter(from: start)
        while let delimiter = next, delimiter.depth >= depth {
            if isClosed {  // a delimiter behind the closing one is text of the epilogue
                next = nextDelimiter(from: delimiter.lineEnd)
                continue
            }
            if count == 0 { addGap("preamble:" + name, gapStart, delimiter.lineStart, entity.protection) }
            if delimiter.closes {
                isClosed = true
                gapStart = delimiter.lineEnd
                next = nextDelimiter(from: delimiter.lineEnd)
                continue
            }
            count += 1
            if structure.leaves.count >= MIMELimits.parts {
                addRemainder(number: name, from: delimiter.lineEnd)
                return nil
            }
            next = scanEntity(
                number: (entity.number.isEmpty ? "" : entity.number + ".") + String(count),
                protection: entity.protection, from: delimiter.lineEnd, in: childType)
            gapStart = body.count
        }
        let kind = count == 0 && !isClosed ? "preamble:" : "epilogue:"
        addGap(kind + name, gapStart, next?.lineStart ?? body.count, entity.protection)
        return next
    }

    /// Reads an entity from its header section on.
    ///
    /// - Parameter isEmbedded: it is the message in a part of this number. The parts of its multipart are numbered as
    ///   that part's own; a body without any is the first (RFC 3501 section 6.4.5).
    private mutating func scanEntity(
        number: String, isEmbedded: Bool = false, protection: Int?, from start: Int,
        in defaultType: ContentType
    ) -> Delimiter? {
        let section = HeaderSection(body, from: start, to: body.count) { lineStart in
            delimiter(at: lineStart) != nil
        }
        depth += 1
        defer { depth -= 1 }
        let header = EntityHeader(fields: section.fields, defaultType: defaultType)
        let isFirst = isEmbedded && (!header.contentType.isMultipart || header.contentType.boundary == nil)
        let entity = Entity(
            number: isFirst ? number + ".1" : number, header: header,
            headerRange: ByteRange(start, section.end), protection: protection)
        return scanBody(of: entity, from: section.end)
    }

    /// Takes all that is left of the message as one part that nobody touches.
    private mutating func addRemainder(number: String, from start: Int) {
        structure.protected.append(ProtectedPart(number: number, protection: .beyondLimits))
        structure.leaves.append(
            MIMELeaf(
                number: number, header: EntityHeader(defaultType: .messageRFC822),
                headerRange: ByteRange(start, start), content: ByteRange(start, body.count),
                protection: structure.protected.count - 1))
    }

    private mutating func addHeader(of entity: Entity, name: String) {
        if entity.headerRange.isEmpty { return }
        structure.containerHeaders.append(
            ContainerHeader(number: name, range: entity.headerRange, protection: entity.protection))
    }

    private mutating func addGap(_ name: String, _ start: Int, _ end: Int, _ protection: Int?) {
        guard start < end else { return }
        structure.gaps.append(MIMEGap(name: name, range: ByteRange(start, end), protection: protection))
    }

    private func protection(of header: EntityHeader) -> Protection? {
        let type = header.contentType
        if type.isType("multipart/signed") { return .signed }
        if type.isType("multipart/encrypted") { return .encrypted }
        if type.isType("application/pkcs7-mime") || type.isType("application/x-pkcs7-mime") { return .signed }
        if type.isType("message/rfc822") || type.isType("message/global") { return .embeddedMessage }
        if header.isAttachment { return .attachment }
        return depth >= MIMELimits.nesting ? .beyondLimits : nil
    }

    private func isIdentityEncoded(_ header: EntityHeader) -> Bool {
        guard let encoding = header.transferEncoding else { return true }
        if case .identity? = TransferEncoding(encoding) { return true }
        return false
    }

    /// The line end before a delimiter line belongs to the delimiter (RFC 2046 section 5.1.1).
    private func contentEnd(before lineStart: Int, from start: Int) -> Int {
        var end = lineStart
        if end > start, body[end - 1] == 0x0A { end -= 1 }
        if end > start, end < lineStart, body[end - 1] == 0x0D { end -= 1 }
        return end
    }

    /// The next delimiter line of any enclosing multipart that begins at or after `start`, the start of a line.
    private func nextDelimiter(from start: Int) -> Delimiter? {
        if boundaries.isEmpty { return nil }
        if let first = delimiter(at: start) { return first }
        var position = start
        while let line = nextLineOfDashes(from: position) {
            if let delimiter = delimiter(at: line) { return delimiter }
            position = line
        }
        return nil
    }

    /// The next line behind `start` that begins with a dash.
    private func nextLineOfDashes(from start: Int) -> Int? {
        guard let base = body.baseAddress, start < body.count else { return nil }
        let dash = start + index_of_pair(base + start, body.count - start, 0x0A, 0x2D) + 1
        return dash < body.count ? dash : nil
    }

    /// The delimiter that stands on the line at `lineStart`, innermost boundary first.
    private func delimiter(at lineStart: Int) -> Delimiter? {
        guard lineStart + 2 <= body.count, body[lineStart] == 0x2D, body[lineStart + 1] == 0x2D else {
            return nil
        }
        for depth in stride(from: boundaries.count - 1, through: 0, by: -1) {
            let boundary = boundaries[depth]
            let tail = lineStart + 2 + boundary.count
            guard tail <= body.count, starts(with: boundary, at: lineStart + 2) else { continue }
            if let lineEnd = endOfPaddedLine(from: tail) {
                return Delimiter(lineStart: lineStart, lineEnd: lineEnd, depth: depth, closes: false)
            }
            if tail + 2 <= body.count, body[tail] == 0x2D, body[tail + 1] == 0x2D,
                let lineEnd = endOfPaddedLine(from: tail + 2)
            {
                return Delimiter(lineStart: lineStart, lineEnd: lineEnd, depth: depth, closes: true)
            }
        }
        return nil
    }

    private func starts(with boundary: [UInt8], at start: Int) -> Bool {
        for (offset, byte) in boundary.enumerated() where body[start + offset] != byte { return false }
        return true
    }

    /// One past the line end, where nothing but transport padding (RFC 2046 section 5.1.1) comes before it.
    private func endOfPaddedLine(from start: Int) -> Int? {
        var position = start
        while position < body.count {
            switch body[position] {
            case 0x0A: return position + 1
            case 0x20, 0x09, 0x0D: position += 1
            default: return nil
            }
        }
        return position
    }
}
