@testable import Rewriting

/// The whole rewriter over a message: as the bytes are, or composed out of choices.
enum PipelineTarget {
    @Sendable static func raw(_ input: inout Input) {
        requireContract(input.remainder())
    }

    @Sendable static func composed(_ input: inout Input) {
        var newsletter = Newsletter(input)
        requireContract(newsletter.message())
    }

    private static let rewriter = MessageRewriter(policy: RewritePolicy(defaultDomains: defaultDomains))

    private static func rewrite(_ message: RawMessage) -> RewriteResult {
        message.bytes[message.bodyStart...].withUnsafeBytes {
            rewriter.rewrite(fields: message.fields, body: $0, decider: MovingDecider())
        }
    }

    /// The contract's "What never changes", as far as one message and its rewritten form can show it.
    private static func requireContract(_ bytes: [UInt8]) {
        guard let old = RawMessage(bytes) else { return }
        let result = rewrite(old)
        requireApplicable(result.bodyEdits, to: bytes.count - old.bodyStart)
        require(
            result.headerEdits.allSatisfy { old.fields.indices.contains($0.fieldIndex) },
            "a field that is not there")
        require(
            result.rewritten.isEmpty == (result.bodyEdits.isEmpty && result.headerEdits.isEmpty),
            "edits and account disagree")
        if result.rewritten.isEmpty { return }
        let newBytes = old.applying(result)
        guard let new = RawMessage(newBytes) else { fatalError("no message any more: \(shown(newBytes))") }
        requireFields(old, new, result)
        requireParts(Outline(old), Outline(new))

        let again = rewrite(new)
        require(
            again.bodyEdits.isEmpty && again.headerEdits.isEmpty,
            "a second pass changes \(again.rewritten) of \(shown(newBytes))")
        // Text whose charset the bytes decide may come to be in doubt: it stays as it is, and is read otherwise.
        if again.left.contains(where: { $0.reason == LeftReason.charset.text }) { return }
        func places(_ result: RewriteResult) -> [String] {
            result.left.map { "\($0.part) \($0.place) \($0.reason)" }
        }
        require(
            places(again) == places(result), "\(again.left) is left after a second pass, not \(result.left)")
    }

    private static func requireFields(_ old: RawMessage, _ new: RawMessage, _ result: RewriteResult) {
        require(new.fields.count == old.fields.count, "not the same fields")
        let edited = Set(result.headerEdits.map(\.fieldIndex))
        for (index, (before, after)) in zip(old.fields, new.fields).enumerated() {
            require(before.name == after.name, "field \(index) has another name")
            if !edited.contains(index) { require(before == after, "field \(index) changed") }
            requireMoved(before.value, after.value)
        }
    }

    private static func requireParts(_ old: Outline, _ new: Outline) {
        require(old.around == new.around, "the text around parts changed")
        require(old.leaves.count == new.leaves.count, "\(old.leaves.count) parts became \(new.leaves.count)")
        for (before, after) in zip(old.leaves, new.leaves) where before.raw != after.raw {
            require(before.encoding != nil, "part \(before.number) changed for all its unknown encoding")
            requireLineLengths(from: before.raw, to: after.raw, before.encoding)
            let isIdentity = before.encoding == .identity
            requireMoved(
                isIdentity ? withoutWhiteSpace(before.view) : before.view,
                isIdentity ? withoutWhiteSpace(after.view) : after.view)
        }
    }

    /// `new` is `old` with some stretches replaced by the new host.
    private static func requireMoved(_ old: [UInt8], _ new: [UInt8]) {
        if old == new { return }
        let pieces = new.split(separator: MovingDecider.host)
        var rest = old[...]
        for (index, piece) in pieces.enumerated() {
            if index == pieces.count - 1 {
                require(
                    rest.ends(with: piece), "\(shown(new)) differs from \(shown(old)) in more than its hosts")
            } else if index == 0 {
                require(
                    rest.starts(with: piece),
                    "\(shown(new)) differs from \(shown(old)) in more than its hosts")
                rest = rest.dropFirst(piece.count)
            } else {
                let found = rest.firstRange(of: piece)
                require(found != nil, "\(shown(new)) differs from \(shown(old)) in more than its hosts")
                rest = rest[(found?.upperBound ?? rest.endIndex)...]
            }
        }
    }
}

/// What of a message's structure has to stay.
private struct Outline {
    struct Leaf {
        var number: String
        var raw: [UInt8]
        var view: [UInt8]
        var encoding: TransferEncoding?
    }

    var leaves: [Leaf] = []
    /// Everything besides the contents of parts, with what is known about them.
    var around: [[UInt8]] = []

    init(_ message: RawMessage) {
        let body = Array(message.bytes[message.bodyStart...])
        let structure = body.withBytes { MIMEScanner.scan(fields: message.fields, body: $0) }
        var position = 0
        for leaf in structure.leaves {
            around.append(Array(body[position..<max(position, leaf.content.start)]))
            around.append(Array("\(leaf.number) \(String(describing: leaf.protection))".utf8))
            position = leaf.content.end
            let raw = Array(body[leaf.content.start..<leaf.content.end])
            let encoding = leaf.header.transferEncoding.map { TransferEncoding($0) } ?? .identity
            let view = raw.withBytes { bytes in
                DecodedContent(raw: bytes, encoding: encoding ?? .identity).withBytes { decoded in
                    CharsetView(decoded: decoded, label: leaf.header.contentType["charset"]).withBytes(
                        Array.init)
                }
            }
            leaves.append(Leaf(number: leaf.number, raw: raw, view: view, encoding: encoding))
        }
        around.append(Array(body[position...]))
    }
}

extension Array<UInt8> {
    /// What lies between the occurrences of `separator`.
    fileprivate func split(separator: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = self[...]
        while let found = rest.firstRange(of: separator) {
            pieces.append(Array(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return pieces + [Array(rest)]
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with suffix: [UInt8]) -> Bool { self.suffix(suffix.count).elementsEqual(suffix) }

    /// The first occurrence of `needle`; the empty one stands at the start.
    fileprivate func firstRange(of needle: [UInt8]) -> Range<Int>? {
        guard let first = needle.first else { return startIndex..<startIndex }
        guard count >= needle.count else { return nil }
        for start in startIndex...endIndex - needle.count where self[start] == first {
            if self[start..<start + needle.count].elementsEqual(needle) {
                return start..<start + needle.count
            }
        }
        return nil
    }
}
