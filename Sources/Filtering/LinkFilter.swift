import CGNU
import Configuration
import PluginHost
import Rewriting
import Senders
import TrackingDomains

/// The filter itself: the life of one message from MAIL FROM to its end, by one snapshot.
public final class LinkFilter: MessageFilter {
    private let snapshot: Snapshot
    private let domains: (any DomainStates)?
    private let log: LogSink
    private var envelope = Envelope(sender: "")
    private var fields: [HeaderField] = []
    private let content = MessageBody()
    private var headerWeight = 0
    /// Bytes of header and body so far, kept or not.
    private var size = 0
    private var verdict = Judgement.Verdict(outcome: .leave(reason: "not judged yet"))

    /// A filter for one message.
    ///
    /// - Parameter domains: what is known of tracking domains; nil where all count as verified.
    public init(snapshot: Snapshot, domains: (any DomainStates)? = nil, log: @escaping LogSink) {
        self.snapshot = snapshot
        self.domains = domains
        self.log = log
    }

    /// MAIL FROM was given. What is nobody's is accepted here only if the log line can already name the
    /// queue id (Sendmail); Postfix has one from DATA on.
    public func begin(_ envelope: Envelope) -> FilterStep {
        self.envelope = envelope
        let early = Judgement(envelope, by: snapshot).beforeHeader()
        if case .leave(let reason)? = early, envelope.queueID != nil { return leave(reason) }
        return .proceed
    }

    /// A header field.
    public func header(_ field: HeaderField) {
        size += field.name.count + field.value.count + 3
        headerWeight += HeaderLimit.weight(of: field)
        if headerWeight <= HeaderLimit.size {
            fields.append(field)
        } else {
            fields = []
        }
    }

    /// All header fields were given.
    public func endOfHeaders(queueID: String?) -> FilterStep {
        note(queueID)
        size += 2
        if headerWeight > HeaderLimit.size { return leave(HeaderLimit.reason) }
        verdict = Judgement(envelope, by: snapshot, domains: domains).afterHeader(fields)
        if let reason = verdict.refusedChoice { log(.warning, "\(name): \(reason)") }
        // A field can be removed at the end of the message only.
        if case .leave(let reason) = verdict.outcome, removals.isEmpty { return leave(reason) }
        if let reason = snapshot.rewriter.reasonToLeave(fields) { return leave(reason) }
        return .proceed
    }

    /// A piece of the body.
    public func body(_ piece: UnsafeRawBufferPointer) -> FilterStep {
        size += piece.count
        if isTooLarge {
            content.drop()
        } else {
            content.append(piece)
        }
        return .proceed
    }

    /// The message is complete.
    public func endOfMessage(queueID: String?) -> FilterOutcome {
        note(queueID)
        if isTooLarge {
            _ = leave("size \(size) is over max_message_size \(snapshot.settings.maxMessageSize)")
            return .accept
        }
        switch verdict.outcome {
        case .leave(let reason):
            _ = leave(reason)
            return .change(headers: removals, body: nil)
        case .rewrite(let sender, let plugins):
            do throws(BodyError) {
                if let error = content.error { throw error }
                if !content.isLarge { return try rewrite(as: sender, plugins) }
                return try LargeMessages.shared.work(size: size, budget: snapshot.settings.maxMessageSize) {
                    () throws(BodyError) in
                    // The thread's arena would keep what the engine needed (mallopt(3)); another one serves the next.
                    defer { if content.isInFile { malloc_trim(0) } }
                    return try rewrite(as: sender, plugins)
                }
            } catch {
                return fail(error)
            }
        }
    }

    private func rewrite(as sender: Sender, _ plugins: SenderPlugins) throws(BodyError) -> FilterOutcome {
        let clock = ContinuousClock()
        let start = clock.now
        let decider = PluginDecider(plugins: plugins) { [log, name] plugin, what in
            log(.warning, "\(name): plugin \(plugin): \(what); the link stays as it is")
        }
        let result = try content.withBytes {
            snapshot.rewriter.rewrite(fields: fields, body: $0, decider: decider)
        }
        var changes = headerChanges(result) + removals
        let body = result.bodyEdits.isEmpty ? nil : try content.applying(result.bodyEdits)
        let line = LogLine.rewritten(
            result, sender: sender, plugins: snapshot.plugins.descriptions.map(\.name), size: size,
            time: clock.now - start, unverified: verdict.unverified)
        log(.info, "\(name): \(line)")
        if snapshot.settings.traceHeader, !result.rewritten.isEmpty {
            changes.append(TraceHeader.change(sender: sender, result: result))
        }
        return changes.isEmpty && body == nil ? .accept : .change(headers: changes, body: body)
    }

    // MARK: -

    private var isTooLarge: Bool { size > snapshot.settings.maxMessageSize }

    /// The queue id for the log; Postfix writes NOQUEUE where there is none.
    private var name: String { envelope.queueID ?? "NOQUEUE" }

    private func note(_ queueID: String?) {
        if let queueID { envelope.queueID = queueID }
    }

    private func leave(_ reason: String) -> FilterStep {
        log(.info, "\(name): \(LogLine.unchanged(reason))")
        return .accept
    }

    /// What `on_error` says.
    private func fail(_ error: BodyError) -> FilterOutcome {
        let accepts = snapshot.settings.onError == .accept
        log(.error, "\(name): \(error); " + (accepts ? "delivered as it came" : "refused for now"))
        return accepts ? .accept : .tempfail
    }

    private var removals: [HeaderChange] { verdict.choice?.removals(from: fields) ?? [] }

    private func headerChanges(_ result: RewriteResult) -> [HeaderChange] {
        result.headerEdits.map { edit in
            let field = fields[edit.fieldIndex]
            let occurrence = fields[...edit.fieldIndex].count { $0.hasSameName(as: field) }
            return HeaderChange(name: field.name, occurrence: occurrence, value: edit.value)
        }
    }
}
