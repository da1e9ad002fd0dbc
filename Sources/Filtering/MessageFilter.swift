import Rewriting

/// What to do with a message at a step of the dialogue with the MTA.
public enum FilterStep: Sendable, Equatable {
    /// Go on: more of the message is needed.
    case proceed
    /// Deliver it as it came; nothing more of it is needed.
    case accept
    /// Refuse it for now (`on_error: tempfail`).
    case tempfail
}

/// What is to be done to a message at its end.
public enum FilterOutcome {
    /// Deliver it as it came.
    case accept
    /// Refuse it for now (`on_error: tempfail`).
    case tempfail
    /// Deliver it with these changes. A nil body stays as it came.
    case change(headers: [HeaderChange], body: NewBody?)
}

/// A change of one header field, in libmilter's terms.
public struct HeaderChange: Sendable, Equatable {
    /// The field's name as the message writes it.
    public var name: [UInt8]
    /// Which of the fields of that name, from 1; nil adds a field at the end.
    public var occurrence: Int?
    /// The new value in the form in which the MTA gave the old one (with its leading white space, folds as LF); nil
    /// removes the field, and those of its name behind it move up.
    public var value: [UInt8]?

    /// A change of the field `name`.
    public init(name: [UInt8], occurrence: Int?, value: [UInt8]?) {
        self.name = name
        self.occurrence = occurrence
        self.value = value
    }
}

/// The life of one message: envelope, header fields, body, end. Not Sendable; one thread at a time.
///
/// Whoever holds it calls the steps in their order and stops at the first that does not say
/// ``FilterStep/proceed``. Every step logs its own decision.
public protocol MessageFilter: AnyObject {
    /// MAIL FROM was given.
    func begin(_ envelope: Envelope) -> FilterStep
    /// A header field, in the order of the message.
    func header(_ field: HeaderField)
    /// All header fields were given. The queue id is known by now, on most MTAs.
    func endOfHeaders(queueID: String?) -> FilterStep
    /// A piece of the body, cut anywhere. Says `accept` where the rest is not needed (SMFIS_SKIP).
    func body(_ piece: UnsafeRawBufferPointer) -> FilterStep
    /// The message is complete.
    func endOfMessage(queueID: String?) -> FilterOutcome
}
