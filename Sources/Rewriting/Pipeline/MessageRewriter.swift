/// Computes what is to be done to a message so that its links are on the sender's domain and nothing else
/// changes. Pure: bytes in, edits out.
public struct MessageRewriter: Sendable {
    private let policy: RewritePolicy
    private let hosts: DefaultHosts

    /// A rewriter for one configuration.
    public init(policy: RewritePolicy) {
        self.policy = policy
        hosts = DefaultHosts(policy.defaultDomains)
    }

    /// Why a message with these header fields is not touched whatever its body, nil where it may be.
    public func reasonToLeave(_ fields: [HeaderField]) -> String? {
        if policy.rewritesSignedMail { return nil }
        for field in fields {
            if field.isNamed("dkim-signature") {
                return "already signed (DKIM-Signature), and a change would break the signature"
            }
            if field.isNamed("arc-seal") {
                return "already signed (ARC-Seal), and a change would break the signature"
            }
        }
        return nil
    }

    /// All that is to be done to a message.
    ///
    /// - Parameters:
    ///   - fields: its header fields in their order.
    ///   - body: everything behind the empty line that ends the header section.
    ///   - decider: what becomes of each link. The engine is not generic over it: callers are in other modules, so
    ///   that nothing of it, inner loops included, would be specialised.
    ///   - keepsURLs: the account has the URLs of links that move, for somebody who reads them. Without, they are empty,
    ///   also where such a link has to stay for the length of its line.
    public func rewrite(
        fields: [HeaderField], body: UnsafeRawBufferPointer, decider: any LinkDecider, keepsURLs: Bool = true
    ) -> RewriteResult {
        var result = RewriteResult()
        if let reason = reasonToLeave(fields) {
            result.unchangedBecause = reason
            return result
        }
        for index in fields.indices {
            rewrite(fields[index], at: index, decider: decider, keepsURLs, into: &result)
        }
        body.withMemoryRebound(to: UInt8.self) { bytes in
            rewriteBody(bytes, fields: fields, decider: decider, keepsURLs, into: &result)
        }
        return result
    }

    // MARK: Header fields

    private func rewrite(
        _ field: HeaderField, at index: Int, decider: any LinkDecider, _ keepsURLs: Bool,
        into result: inout RewriteResult
    ) {
        let isOurs = policy.headers.contains { field.isNamed($0) }
        guard isOurs || mayMentionDomain(field) else { return }
        let name = String(decoding: field.name, as: UTF8.self)
        var collector = LinkCollector(
            hosts: hosts, decider: decider, showsAllLinks: false, keepsURLs: keepsURLs, part: "header:" + name
        )
        if field.name.contains(UInt8(ascii: ".")) {
            // The first line of a mailbox, or whatever else has a colon somewhere.
            field.name.withUnsafeBufferPointer { collector.otherHeader($0, place: "header name") }
        }
        field.value.withUnsafeBufferPointer { value in
            if isOurs {
                collector.listHeader(value, place: "header")
            } else {
                collector.otherHeader(value, place: "header")
            }
        }
        var refused = false
        if !collector.edits.isEmpty {
            let edited = field.value.applying(collector.edits.map { Edit($0.range, $0.replacement) })
            if HeaderLines.grewTooLong(from: field, to: edited) {
                refused = true
            } else {
                result.headerEdits.append(HeaderEdit(fieldIndex: index, value: edited))
            }
        }
        collector.report(refused: refused, into: &result)
    }

    /// A quick look at a field that is only accounted for: it says so literally, or in encoded words.
    private func mayMentionDomain(_ field: HeaderField) -> Bool {
        func mentionsDomain(_ text: Bytes) -> Bool {
            !Mentions.find(in: text, ByteRange(0, text.count), hosts: hosts, atMost: 1).isEmpty
        }
        if field.name.contains(UInt8(ascii: ".")), field.name.withUnsafeBufferPointer(mentionsDomain) {
            return true
        }
        return field.value.withUnsafeBufferPointer { value in
            value.firstIndex(of: "=?", from: 0, to: value.count) != nil || mentionsDomain(value)
        }
    }

    // MARK: Body

    private func rewriteBody(
        _ body: UnsafeBufferPointer<UInt8>, fields: [HeaderField], decider: any LinkDecider,
        _ keepsURLs: Bool,
        into result: inout RewriteResult
    ) {
        let structure = MIMEScanner.scan(fields: fields, body: body)
        let account = Account(hosts: hosts)
        let parts = PartRewriter(policy: policy, hosts: hosts, decider: decider, keepsURLs: keepsURLs)
        var named: Set<Int> = []
        for leaf in structure.leaves {
            let kind = PartKind(leaf.header.contentType)
            if let index = leaf.protection {
                let part = structure.protected[index]
                if part.protection == .embeddedMessage {
                    accountForEmbedded(leaf, as: kind, of: body, parts, into: &result)
                } else if !named.contains(index),
                    account.protected(
                        leaf, of: body, as: part.number, reason: part.protection.reason, into: &result)
                {
                    named.insert(index)
                }
                continue
            }
            account.partHeader(leaf.number, leaf.headerRange, of: body, into: &result)
            if let kind {
                parts.rewrite(leaf, as: kind, of: body, into: &result)
            } else {
                account.skipped(leaf, of: body, as: leaf.number, reason: .otherType, into: &result)
            }
        }
        for header in structure.containerHeaders {
            accountFor(
                header.number, isHeader: true, header.range, protection: header.protection, in: structure,
                body,
                &named, into: &result)
        }
        for gap in structure.gaps {
            accountFor(
                gap.name, isHeader: false, gap.range, protection: gap.protection, in: structure, body, &named,
                into: &result)
        }
    }

    /// Names the places in a header or text that is no part's content. Inside a part that is skipped whole it counts
    /// as that part's.
    private func accountFor(
        _ name: String, isHeader: Bool, _ range: ByteRange, protection: Int?, in structure: MIMEStructure,
        _ body: UnsafeBufferPointer<UInt8>, _ named: inout Set<Int>, into result: inout RewriteResult
    ) {
        let account = Account(hosts: hosts)
        let part = protection.map { structure.protected[$0] }
        if part == nil || part?.protection == .embeddedMessage {
            let reason = part == nil ? LeftReason.outsideParts : .embeddedMessage
            if isHeader {
                account.partHeader(name, range, of: body, reason: reason, into: &result)
            } else {
                account.around(name, place: "text", range, of: body, reason: reason, into: &result)
            }
        } else if let part, let protection, !named.contains(protection) {
            let text = UnsafeBufferPointer(rebasing: body[range.start..<range.end])
            let isNamed = account.skipped(
                part.number, view: text, reason: part.protection.reason, into: &result)
            if isNamed { named.insert(protection) }
        }
    }
}

extension MessageRewriter {
    /// Names the places in somebody else's mail, part by part.
    private func accountForEmbedded(
        _ leaf: MIMELeaf, as kind: PartKind?, of body: UnsafeBufferPointer<UInt8>,
        _ parts: PartRewriter, into result: inout RewriteResult
    ) {
        let account = Account(hosts: hosts)
        account.partHeader(
            leaf.number, leaf.headerRange, of: body, reason: .embeddedMessage, into: &result)
        if let kind, !leaf.header.isAttachment {
            parts.rewrite(leaf, as: kind, of: body, obstacle: .embeddedMessage, into: &result)
        } else {
            account.skipped(leaf, of: body, as: leaf.number, reason: .embeddedMessage, into: &result)
        }
    }
}

extension Protection {
    fileprivate var reason: LeftReason {
        switch self {
        case .signed: .signed
        case .encrypted: .encrypted
        case .embeddedMessage: .embeddedMessage
        case .attachment: .attachment
        case .beyondLimits: .beyondLimits
        }
    }
}
