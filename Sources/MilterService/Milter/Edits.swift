import CMilter
import Filtering

/// What to do with a message when we fail (`on_error`).
public enum FailureAction: Sendable, Equatable {
    /// Deliver it as it came.
    case accept
    /// Have it sent again later.
    case tempfail
}

/// The functions that change a message at its end. False means that the MTA was not told.
protocol MessageEditor {
    /// Nil removes the field.
    func changeHeader(_ name: [UInt8], occurrence: Int32, to value: [UInt8]?) -> Bool
    func addHeader(_ name: [UInt8], _ value: [UInt8]) -> Bool
    /// Puts a piece behind those before it; the first takes the place of the old body.
    func replaceBody(_ piece: UnsafeRawBufferPointer) -> Bool
}

/// How far the changes of a message got.
enum EditResult: Equatable {
    /// All were sent.
    case complete
    /// None was sent: the message is still as it came. Why.
    case untouched(String)
    /// Some were sent: the message is neither what it was nor what it should be. Why.
    case broken(String)
}

/// Sends the changes of a message: header fields first, then the body and nothing else between its pieces, because
/// Postfix refuses a body whose packets are interrupted by anything else.
///
/// What can be told beforehand is checked before the first is sent.
func send(
    _ changes: [HeaderChange], body: NewBody?, to editor: some MessageEditor, under agreement: Agreement
) -> EditResult {
    let changes = changes.filter { $0.occurrence != nil || agreement.mayAddHeaders }
    for change in changes {
        if let problem = problem(of: change) { return .untouched(problem) }
    }

    var sent = false
    func failed(_ what: String) -> EditResult {
        let why = "the MTA did not take \(what)"
        return sent ? .broken(why) : .untouched(why)
    }
    for change in changes {
        let value = agreement.keepsLeadingSpace ? change.value : change.value.map(withoutOneSpace)
        let taken =
            if let occurrence = change.occurrence {
                editor.changeHeader(change.name, occurrence: Int32(occurrence), to: value)
            } else {
                editor.addHeader(change.name, value ?? [])
            }
        guard taken else { return failed("a change of \(String(decoding: change.name, as: UTF8.self))") }
        sent = true
    }
    guard let body else { return .complete }
    do throws(BodyError) {
        // An empty body takes a packet, too.
        let taken =
            body.count == 0
            ? editor.replaceBody(UnsafeRawBufferPointer(start: nil, count: 0))
            : try body.forEachPiece { editor.replaceBody($0) }
        // Some of its packets may have gone out.
        return taken ? .complete : .broken("the MTA did not take the new body")
    } catch {
        return .broken(error.description)
    }
}

/// Why a change can't be sent, nil if it can: names and values travel as C strings in one packet, and an empty value
/// would delete the field.
private func problem(of change: HeaderChange) -> String? {
    let name = String(decoding: change.name, as: UTF8.self)
    let value = change.value ?? []
    if change.name.isEmpty || change.name.contains(0) || value.contains(0) {
        return "a header field with an empty name or a NUL in it can't be sent: \(name)"
    }
    if change.value?.isEmpty == true { return "an empty value would delete \(name)" }
    if change.value == nil, change.occurrence == nil {
        return "\(name) can't be removed without an occurrence"
    }
    if let occurrence = change.occurrence, occurrence < 1 || Int32(exactly: occurrence) == nil {
        return "\(name) has no occurrence \(occurrence)"
    }
    let overhead = Int(MILTER_LEN_BYTES) + 2
    if change.name.count + value.count + overhead > Int(MILTER_MAX_DATA_SIZE) {
        return "\(name) is too long for the milter protocol"
    }
    return nil
}

private func withoutOneSpace(_ value: [UInt8]) -> [UInt8] {
    value.count > 1 && value.first == UInt8(ascii: " ") ? Array(value.dropFirst()) : value
}

/// libmilter's own functions.
struct MilterEditor: MessageEditor {
    let context: OpaquePointer

    /// smfi_chgheader
    func changeHeader(_ name: [UInt8], occurrence: Int32, to value: [UInt8]?) -> Bool {
        guard let value else {
            return withCStrings(name, []) { name, _ in smfi_chgheader(context, name, occurrence, nil) }
                == MI_SUCCESS
        }
        return withCStrings(name, value) { smfi_chgheader(context, $0, occurrence, $1) } == MI_SUCCESS
    }

    /// smfi_addheader
    func addHeader(_ name: [UInt8], _ value: [UInt8]) -> Bool {
        withCStrings(name, value) { smfi_addheader(context, $0, $1) } == MI_SUCCESS
    }

    /// smfi_replacebody, which only reads the piece, and makes a packet of it.
    func replaceBody(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard let count = Int32(exactly: piece.count) else { return false }
        let bytes = UnsafeMutableRawPointer(mutating: piece.baseAddress)?.assumingMemoryBound(to: UInt8.self)
        return smfi_replacebody(context, bytes, count) == MI_SUCCESS
    }

    private func withCStrings(
        _ name: [UInt8], _ value: [UInt8],
        _ body: (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) -> Int32
    ) -> Int32 {
        var name = name + [0]
        var value = value + [0]
        return name.withUnsafeMutableBytes { name in
            value.withUnsafeMutableBytes { value in
                body(
                    name.baseAddress?.assumingMemoryBound(to: CChar.self),
                    value.baseAddress?.assumingMemoryBound(to: CChar.self))
            }
        }
    }
}
