import CGNU
import Configuration
import Metrics
import PluginHost
import Rewriting
import Senders
import TrackingDomains

/// The filter itself: the life of one message from MAIL FROM to its end, by one snapshot.
public final class LinkFilter: MessageFilter {
    private let snapshot: Snapshot
    private let domains: (any DomainStates)?
    private let metrics: Metrics?
    private let log: LogSink
    private var envelope = Envelope(sender: "")
    /// Of the envelope as it was at MAIL FROM.
    private var judgement: Judgement?
    /// Whose message it is, if the envelope alone says so.
    private var known: Judgement.Outcome?
    private var fields: [HeaderField] = []
    private let content = MessageBody()
    private var headerWeight = 0
    /// Bytes of header and body so far, kept or not.
    private var size = 0
    private var verdict = Judgement.Verdict(
        outcome: .leave(.init(kind: .noSender, text: "not judged yet")))

    /// A filter for one message.
    ///
    /// - Parameters:
    ///   - domains: what is known of tracking domains; nil where all count as verified.
    ///   - metrics: told what becomes of the message; nil where nobody counts.
    public init(
        snapshot: Snapshot, domains: (any DomainStates)? = nil, metrics: Metrics? = nil,
        log: @escaping LogSink
    ) {
        self.snapshot = snapshot
        self.domains = domains
        self.metrics = metrics
        self.log = log
    }

    /// MAIL FROM was given. What is nobody's is accepted here only if the log line can already name the
    /// queue id (Sendmail); Postfix has one from DATA on.
    public func begin(_ envelope: Envelope) -> FilterStep {
        self.envelope = envelope
        let judgement = Judgement(envelope, by: snapshot, domains: domains)
        self.judgement = judgement
        let outcome = judgement.beforeHeader()
        switch outcome {
        case .rewrite:
            known = outcome
        case .leave(let why) where envelope.queueID != nil:
            explain { judgement.explanation(fields: []) }
            return leave(why)
        default:
            break
        }
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
        if headerWeight > HeaderLimit.size { return leave(.init(kind: .tooLarge, text: HeaderLimit.reason)) }
        let judgement = judgement ?? Judgement(envelope, by: snapshot, domains: domains)
        verdict = judgement.afterHeader(fields, known: known)
        explain { judgement.explanation(fields: fields) + verdict.explanation }
        if let reason = verdict.refusedChoice { log(.warning, "\(name): \(reason)") }
        // A field can be removed at the end of the message only.
        if case .leave(let why) = verdict.outcome, removals.isEmpty { return leave(why) }
        if let reason = snapshot.rewriter.reasonToLeave(fields) {
            return leave(.init(kind: .signed, text: reason))
        }
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
            let text = "size \(size) is over max_message_size \(snapshot.settings.maxMessageSize)"
            _ = leave(.init(kind: .tooLarge, text: text))
            return .accept
        }
        switch verdict.outcome {
        case .leave(let why):
            _ = leave(why)
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
        let decider = PluginDecider(plugins: plugins) { [log, name, metrics] plugin, what in
            metrics?.countError(of: plugin)
            log(.warning, "\(name): plugin \(plugin): \(what); the link stays as it is")
        }
        let result = try content.withBytes {
            // The log tells of hosts at most, and where it explains.
            snapshot.rewriter.rewrite(fields: fields, body: $0, decider: decider, keepsURLs: explains)
        }
        var changes = headerChanges(result) + removals
        let body = result.bodyEdits.isEmpty ? nil : try content.applying(result.bodyEdits)
        let tally = MessageTally(result, size: size, newBody: body)
        let line = LogLine.rewritten(
            result, tally, sender: sender, plugins: snapshot.plugins.names, size: size,
            time: clock.now - start, unverified: verdict.unverified)
        explain { result.explanation }
        log(.info, "\(name): \(line)")
        metrics?.count(tally)
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

    private func leave(_ why: Judgement.Unchanged) -> FilterStep {
        log(.info, "\(name): \(LogLine.unchanged(why.text))")
        metrics?.count(MessageTally(size: size, unchanged: why.kind))
        return .accept
    }

    /// What `on_error` says.
    private func fail(_ error: BodyError) -> FilterOutcome {
        let accepts = snapshot.settings.onError == .accept
        log(.error, "\(name): \(error); " + (accepts ? "delivered as it came" : "refused for now"))
        metrics?.count(MessageTally(size: size, unchanged: .error))
        return accepts ? .accept : .tempfail
    }

    /// Says how a decision came about, where the log wants to hear it.
    private func explain(_ lines: () -> [String]) {
        guard explains else { return }
        for line in lines() { log(.debug, "\(name): \(line)") }
    }

    private var explains: Bool { snapshot.settings.log.level == .debug }

    private var removals: [HeaderChange] { verdict.choice?.removals(from: fields) ?? [] }

    private func headerChanges(_ result: RewriteResult) -> [HeaderChange] {
        result.headerEdits.map { edit in
            let field = fields[edit.fieldIndex]
            let occurrence = fields[...edit.fieldIndex].count { $0.hasSameName(as: field) }
            return HeaderChange(name: field.name, occurrence: occurrence, value: edit.value)
        }
    }
}
