import Configuration
import PluginHost
import Rewriting
import Senders
import TrackingDomains

/// What the milter would do to a message, without an MTA.
public enum OfflineRewrite {
    /// Rewrites a message.
    ///
    /// - Parameters:
    ///   - domains: what is known of tracking domains; nil where all count as verified.
    ///   - onMistake: told of a plugin's unusable answer, a line each.
    /// - Returns: the message as it would be delivered, and the account of what was done.
    public static func run(
        _ message: RawMessage, envelope: Envelope, snapshot: Snapshot, domains: (any DomainStates)? = nil,
        onMistake: (String) -> Void
    ) -> (delivered: [UInt8], report: Report) {
        let verdict = Judgement(envelope, by: snapshot, domains: domains).afterHeader(message.fields)
        if let reason = verdict.refusedChoice { onMistake(reason) }
        var report = Report()
        report.sender = verdict.sender?.id
        report.trackingDomain = verdict.sender?.trackingDomain.description
        let removed = verdict.choice?.fieldIndices ?? []
        switch verdict.outcome {
        case .leave(let why):
            report.unchangedBecause = why.text
            return (message.applying(RewriteResult(), removing: removed), report)
        case .rewrite(let sender, let plugins):
            report.trackingDomain = sender.trackingDomain.description
            guard message.bytes.count <= snapshot.settings.maxMessageSize else {
                report.unchangedBecause =
                    "size \(message.bytes.count) is over max_message_size \(snapshot.settings.maxMessageSize)"
                return (message.bytes, report)
            }
            guard message.fields.reduce(0, { $0 + HeaderLimit.weight(of: $1) }) <= HeaderLimit.size else {
                report.unchangedBecause = HeaderLimit.reason
                return (message.bytes, report)
            }
            let result = withoutActuallyEscaping(onMistake) { onMistake in
                let decider = PluginDecider(plugins: plugins) { onMistake("plugin \($0): \($1)") }
                return message.bytes.withUnsafeBytes { bytes in
                    snapshot.rewriter.rewrite(
                        fields: message.fields,
                        body: UnsafeRawBufferPointer(rebasing: bytes[message.bodyStart...]), decider: decider)
                }
            }
            report.unchangedBecause = result.unchangedBecause
            report.rewritten = result.rewritten
            report.left = result.left
            var delivered = message.applying(result, removing: removed)
            if snapshot.settings.traceHeader, !result.rewritten.isEmpty {
                delivered =
                    RawMessage(delivered)?.adding(TraceHeader.change(sender: sender, result: result))
                    ?? delivered
            }
            return (delivered, report)
        }
    }
}

extension RawMessage {
    /// The message with a field at the end of its header section, as an MTA adds one.
    fileprivate func adding(_ change: HeaderChange) -> [UInt8] {
        var start = bodyStart
        // In front of the empty line that ends the section, with the line end that the message uses.
        let lineEnd: [UInt8] = bytes[..<bodyStart].contains(0x0D) ? [0x0D, 0x0A] : [0x0A]
        if start > 0, bytes[start - 1] == 0x0A { start -= 1 }
        if start > 0, bytes[start - 1] == 0x0D { start -= 1 }
        let field = change.name + [UInt8(ascii: ":")] + (change.value ?? []) + lineEnd
        return Array(bytes[..<start]) + field + bytes[start...]
    }
}
