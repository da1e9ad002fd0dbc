/// How a part that carries links is read.
enum PartKind {
    case html
    case amp
    case text

    /// Nil where the type carries no links for us.
    init?(_ type: ContentType) {
        if type.isType("text/html") {
            self = .html
        } else if type.isType("text/plain") {
            self = .text
        } else if type.isType("text/x-amp-html") {
            self = .amp
        } else {
            return nil
        }
    }
}

/// Rewrites one part that carries links: its content decoded, its links found, its edits brought back to
/// the raw bytes.
struct PartRewriter {
    let policy: RewritePolicy
    let hosts: DefaultHosts
    let decider: any LinkDecider
    let keepsURLs: Bool

    /// Rewrites the part, adding its edits and its account to `result`.
    ///
    /// - Parameter obstacle: why nothing in it may move; it is accounted for all the same.
    func rewrite(
        _ leaf: MIMELeaf, as kind: PartKind, of body: Bytes, obstacle: LeftReason? = nil,
        into result: inout RewriteResult
    ) {
        let raw = Bytes(rebasing: body[leaf.content.start..<leaf.content.end])
        if raw.isEmpty { return }
        let encoding = leaf.header.transferEncoding.map { TransferEncoding($0) } ?? .identity
        let content = DecodedContent(raw: raw, encoding: encoding ?? .identity)
        content.withBytes { decoded in
            let charset = CharsetView(decoded: decoded, label: leaf.header.contentType["charset"])
            var obstacle = obstacle
            if !isSwitchedOn(kind) { obstacle = obstacle ?? .switchedOff }
            if encoding == nil || content.isDamaged { obstacle = obstacle ?? .transferEncoding }
            if !charset.isReadable { obstacle = obstacle ?? .charset }
            if charset.isReadable {
                charset.withBytes { view in
                    rewrite(leaf, as: kind, raw, content, charset, view, obstacle, into: &result)
                }
            } else {
                let text = charset.utf8OfAll() ?? Array(decoded)
                text.withUnsafeBufferPointer { view in
                    rewrite(leaf, as: kind, raw, content, charset, view, obstacle, into: &result)
                }
            }
        }
        if content.isDamaged {
            // A reader that gives up on base64 shows the rest as it stands: a footer that was added to it, say.
            Account(hosts: hosts).around(
                leaf.number, place: "not base64", leaf.content, of: body,
                reason: obstacle ?? .transferEncoding,
                into: &result)
        }
    }

    private func rewrite(
        _ leaf: MIMELeaf, as kind: PartKind, _ raw: Bytes, _ content: DecodedContent, _ charset: CharsetView,
        _ view: Bytes, _ obstacle: LeftReason?, into result: inout RewriteResult
    ) {
        if kind == .text, InlinePGP.occurs(in: view) {
            Account(hosts: hosts).skipped(leaf.number, view: view, reason: .signed, into: &result)
            return
        }
        let collector = collect(
            view, of: leaf, as: kind, charset: charset, obstacle: obstacle, continuing: &result)
        let edits =
            charset.isPlain
            ? collector.edits
            : collector.edits.map { edit in
                ContentEdit(
                    link: edit.link, range: charset.decodedRange(of: edit.range),
                    replacement: charset.encode(edit.replacement))
            }
        var encoded = EncodedEdits(edits: [], refusedLinks: [])
        if !edits.isEmpty {
            let breaks = LineBreaks(view: view, isMarkup: kind != .text && !charset.isWide)
            encoded = encode(edits, in: raw, content: content, breakOpportunities: breaks.inLine)
        }
        if encoded.refusedLinks.isEmpty {
            for index in encoded.edits.indices { encoded.edits[index].range.shift(by: leaf.content.start) }
            if result.bodyEdits.isEmpty {
                result.bodyEdits = encoded.edits
            } else {
                result.bodyEdits += encoded.edits
            }
            collector.report(refused: false, into: &result)
        } else {
            // A part with half of its links moved would show its reader two brands.
            collector.report(refused: true, into: &result)
        }
    }

    private func isSwitchedOn(_ kind: PartKind) -> Bool {
        switch kind {
        case .html: policy.html
        case .amp: policy.amp
        case .text: policy.text
        }
    }

    private func collect(
        _ view: Bytes, of leaf: MIMELeaf, as kind: PartKind, charset: CharsetView, obstacle: LeftReason?,
        continuing result: inout RewriteResult
    ) -> LinkCollector {
        var collector = LinkCollector(
            hosts: hosts, decider: obstacle.map { Refusing(obstacle: $0) } ?? decider,
            showsAllLinks: policy.showsAllLinks, keepsURLs: keepsURLs, part: leaf.number,
            isPlainCharset: charset.isPlain, noBreakSpace: charset.noBreakSpace,
            utf8: charset.isReadable ? { charset.utf8(of: $0) } : nil)
        collector.takeOver(&result)
        if kind == .text {
            if leaf.header.contentType.joinsFlowedLines {
                collector.flowedText(view)
            } else {
                collector.plainText(view)
            }
        } else {
            HTMLLinks.collect(
                from: view, isAMP: kind == .amp, rewritesVisibleText: policy.visibleText, into: &collector)
        }
        return collector
    }
}

/// Decides where something stands in the way of an edit, so that the real one need not be asked.
private struct Refusing: LinkDecider {
    let obstacle: LeftReason

    func decide(_ link: Link, answer: inout [UInt8]) -> LinkDecision { .leave(reason: obstacle.text) }
}

/// Where lines of a part may be broken, computed when the first line needs it.
private final class LineBreaks {
    private let view: Bytes
    private let isMarkup: Bool
    private lazy var positions = isMarkup ? BreakOpportunities.find(in: view) : []

    init(view: Bytes, isMarkup: Bool) {
        self.view = view
        self.isMarkup = isMarkup
    }

    func inLine(_ line: ByteRange) -> [Int] {
        let first = positions.partitioningIndex { $0 >= line.start }
        let last = positions.partitioningIndex { $0 >= line.end }
        return Array(positions[first..<last])
    }
}

extension [Int] {
    /// The first index whose element satisfies a predicate that holds for all elements from there on.
    fileprivate func partitioningIndex(_ isInSecondHalf: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isInSecondHalf(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
