/// Accounts for default domains in what is not rewritten at all: parts skipped whole, text round the
/// parts, part headers.
struct Account {
    let hosts: DefaultHosts

    /// Names a part that is skipped whole, if a default domain stands in it.
    ///
    /// - Returns: whether it was named.
    @discardableResult
    func skipped(_ part: String, view: Bytes, reason: LeftReason, into result: inout RewriteResult) -> Bool {
        guard let mention = Mentions.first(in: view, hosts: hosts) else { return false }
        result.left.append(
            LeftLink(
                part: part, place: "part", url: String(decoding: mention, as: UTF8.self), reason: reason.text)
        )
        return true
    }

    /// Names a part that is skipped whole, if a default domain stands in its decoded content.
    @discardableResult
    func skipped(
        _ leaf: MIMELeaf, of body: Bytes, as part: String, reason: LeftReason,
        into result: inout RewriteResult
    )
        -> Bool
    {
        let raw = Bytes(rebasing: body[leaf.content.start..<leaf.content.end])
        let encoding = leaf.header.transferEncoding.flatMap { TransferEncoding($0) } ?? .identity
        let isComposite = leaf.header.contentType.isComposite
        if encoding == .base64, !isComposite, isReadAsBytes(raw, label: leaf.header.contentType["charset"]),
            !Base64Search(hosts).mayFind(in: raw)
        {
            return false
        }
        let content = DecodedContent(raw: raw, encoding: encoding)
        let isNamed = content.withBytes { decoded in
            if isComposite { return skipped(part, unread: decoded, reason: reason, into: &result) }
            let charset = CharsetView(decoded: decoded, label: leaf.header.contentType["charset"])
            if charset.isReadable {
                return charset.withBytes { skipped(part, view: $0, reason: reason, into: &result) }
            }
            // No text at all, mostly: what of it is ASCII is there without any conversion.
            guard !charset.isSuperset, let text = charset.utf8OfAll() else {
                return skipped(part, view: decoded, reason: reason, into: &result)
            }
            return text.withUnsafeBufferPointer { skipped(part, view: $0, reason: reason, into: &result) }
        }
        // Clear text behind what was base64.
        return isNamed || content.isDamaged && skipped(part, view: raw, reason: reason, into: &result)
    }

    /// The same for text that has parts whose structure was not read.
    private func skipped(
        _ part: String, unread text: Bytes, reason: LeftReason, into result: inout RewriteResult
    ) -> Bool {
        UnreadParts.texts(in: text) { skipped(part, view: $0, reason: reason, into: &result) }
    }

    /// Whether base64 is searched for the bytes of domains, or not at all: not as a text of some other charset.
    /// Nothing but the beginning is asked about that (``CharsetDetection``).
    private func isReadAsBytes(_ raw: Bytes, label: [UInt8]?) -> Bool {
        let sample = Bytes(rebasing: raw.prefix(CharsetDetection.sampleSize * 3 / 2))
        return DecodedContent(raw: sample, encoding: .base64).withBytes { decoded in
            let labelled = Charset(label: label)
            guard labelled.family == .superset else { return false }
            let whole = Bytes(rebasing: decoded.prefix(decoded.count / 4 * 4))
            let found = CharsetDetection.charset(of: whole, labelled: labelled)
            return found == nil || found?.family == .superset
        }
    }

    /// Names a part that is protected with all that belongs to it, if a default domain stands in its content
    /// or header.
    func protected(
        _ leaf: MIMELeaf, of body: Bytes, as part: String, reason: LeftReason,
        into result: inout RewriteResult
    ) -> Bool {
        if skipped(leaf, of: body, as: part, reason: reason, into: &result) { return true }
        let header = Bytes(rebasing: body[leaf.headerRange.start..<leaf.headerRange.end])
        return skipped(part, view: header, reason: reason, into: &result)
    }

    /// Names every default domain in text that belongs to no part's content.
    func around(
        _ name: String, place: String, _ range: ByteRange, of body: Bytes, reason: LeftReason = .outsideParts,
        into result: inout RewriteResult
    ) {
        around(
            name, place: place, Bytes(rebasing: body[range.start..<range.end]), reason: reason, into: &result)
    }

    /// The same for a part's header section, encoded words of which are read.
    func partHeader(
        _ name: String, _ range: ByteRange, of body: Bytes, reason: LeftReason = .outsideParts,
        into result: inout RewriteResult
    ) {
        let header = Bytes(rebasing: body[range.start..<range.end])
        guard header.firstIndex(of: "=?", from: 0, to: header.count) != nil else {
            around(name, place: "part header", header, reason: reason, into: &result)
            return
        }
        EncodedWords.decode(header).bytes.withUnsafeBufferPointer {
            around(name, place: "part header", $0, reason: reason, into: &result)
        }
    }

    private func around(
        _ name: String, place: String, _ text: Bytes, reason: LeftReason, into result: inout RewriteResult
    ) {
        for host in Mentions.find(in: text, ByteRange(0, text.count), hosts: hosts) {
            let window = Mentions.window(around: host, in: text)
            let bytes = text.copy(window)
            let shown = Mentions.surroundings(
                of: ByteRange(host.start - window.start, host.end - window.start), in: bytes
            ).range
            result.left.append(
                LeftLink(
                    part: name, place: place,
                    url: String(decoding: bytes[shown.start..<shown.end], as: UTF8.self),
                    reason: reason.text))
        }
    }
}

extension LinkCollector {
    /// Gives the account over to a result.
    ///
    /// - Parameter refused: the edits could not be made, since a line would have grown too long.
    consuming func report(refused: Bool, into result: inout RewriteResult) {
        if refused {
            result.left += moves[firstMove...].map { move in
                LeftLink(
                    part: part, place: move.place, url: move.before, reason: LeftReason.lineLength.text)
            }
            forgetMoves()
        }
        if result.rewritten.isEmpty { result.rewritten = moves } else { result.rewritten += moves }
        for stay in stays {
            result.left.append(
                LeftLink(
                    part: part, place: stay.place, url: String(decoding: stay.url, as: UTF8.self),
                    reason: stay.reason.text))
        }
    }
}
