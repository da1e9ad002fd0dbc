import Filtering
import Metrics
import Rewriting

/// One connection of the MTA, and the message under way on it. Knows nothing of libmilter's functions.
///
/// Lives from `xxfi_negotiate` (or `xxfi_connect` after QUIT_NC) to `xxfi_close`, hung on `smfi_setpriv`; touched by
/// one thread at a time, though not always the same.
final class Session {
    let service: Service
    let agreement: Agreement
    /// The client's address as text, nil for local submission.
    var client: String?
    /// The MTA's name for the message, for the log.
    private(set) var queueID: String?
    private var message: Message?

    init(service: Service, agreement: Agreement) {
        self.service = service
        self.agreement = agreement
        LiveCount.sessions.increment()
        service.metrics?.countConnection()
    }

    deinit { LiveCount.sessions.decrement() }

    /// MAIL FROM: a message begins, with a filter of its own.
    func begin(_ envelope: Envelope) -> FilterStep {
        queueID = envelope.queueID
        self.message = nil
        if service.isClosing { return leaveWhileClosing() }
        let message = Message(filter: service.makeFilter())
        self.message = message
        return settle(message.filter.begin(envelope))
    }

    /// A header field. Without SMFIP_HDR_LEADSPC the MTA took away the space after the colon; it is given back.
    func header(name: [UInt8], value: [UInt8]) {
        guard let message else { return }
        let value = agreement.keepsLeadingSpace ? value : [UInt8(ascii: " ")] + value
        message.filter.header(HeaderField(name: name, value: value))
    }

    /// The end of the header.
    func endOfHeaders(queueID: String?) -> FilterStep {
        self.queueID = queueID ?? self.queueID
        guard let message else { return .accept }
        return settle(message.filter.endOfHeaders(queueID: self.queueID))
    }

    /// A piece of the body. There is no reply to it, so a decision waits for the end of the message.
    func body(_ piece: UnsafeRawBufferPointer) {
        guard let message, message.decision == .proceed else { return }
        message.decision = message.filter.body(piece)
    }

    /// The end of the message; it is forgotten with that.
    func endOfMessage(queueID: String?) -> FilterOutcome {
        self.queueID = queueID ?? self.queueID
        guard let message else { return .accept }
        defer { self.message = nil }
        switch message.decision {
        case .proceed: return message.filter.endOfMessage(queueID: self.queueID)
        case .accept: return .accept
        case .tempfail: return .tempfail
        }
    }

    /// The message will not be finished (`xxfi_abort`).
    func abort() {
        message = nil
    }

    /// A message that would be cut when the process ends is not begun; `on_error` says what becomes of it.
    private func leaveWhileClosing() -> FilterStep {
        switch service.onError {
        case .accept:
            log(.info, "unchanged: stopping")
            return .accept
        case .tempfail:
            log(.info, "refused for now: stopping")
            return .tempfail
        }
    }

    /// After anything but "go on" the MTA says no more of the message.
    private func settle(_ step: FilterStep) -> FilterStep {
        if step != .proceed { message = nil }
        return step
    }

    /// A line of the log about the message under way.
    func log(_ level: LogLevel, _ line: String) {
        service.log(level, (queueID.map { $0 + ": " } ?? "") + line)
    }
}

/// The message under way: its filter, and what the filter decided while nobody could be told.
private final class Message {
    let filter: any MessageFilter
    var decision = FilterStep.proceed

    init(filter: any MessageFilter) {
        self.filter = filter
        LiveCount.messages.increment()
    }

    deinit { LiveCount.messages.decrement() }
}
