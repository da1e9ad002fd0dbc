/// A message as a file holds it: header section, empty line, body. Promise: what is not edited is written
/// back exactly as it was read.
public struct RawMessage: Sendable {
    /// The whole message.
    public let bytes: [UInt8]
    /// Its header fields in their order.
    public let fields: [HeaderField]
    /// Where each field stands in `bytes`, and its value.
    private let lines: [(field: ByteRange, value: ByteRange)]
    /// Where the body begins.
    public let bodyStart: Int

    /// Reads a message.
    ///
    /// - Returns: nil where the bytes are no message at all: nothing, or no header field at the start.
    public init?(_ bytes: [UInt8]) {
        if bytes.isEmpty { return nil }
        let section = bytes.withUnsafeBufferPointer { HeaderSection($0, from: 0, to: $0.count) }
        let startsWithBody = section.hasEmptyLine && section.fields.isEmpty
        guard startsWithBody || section.fields.contains(where: \.hasValidName) else { return nil }
        self.bytes = bytes
        fields = section.fields
        lines = section.lines
        bodyStart = section.end
    }

    /// The message with a rewriter's changes made.
    ///
    /// - Parameter removed: the fields that go, by their place in ``fields``; none that the rewriter changed.
    public func applying(_ result: RewriteResult, removing removed: [Int] = []) -> [UInt8] {
        if result.headerEdits.isEmpty, result.bodyEdits.isEmpty, removed.isEmpty { return bytes }
        var edits = result.headerEdits.map { Edit(lines[$0.fieldIndex].value, $0.value) }
        if !removed.isEmpty {
            edits += removed.map { Edit(lines[$0].field, []) }
            edits.sort { $0.range.start < $1.range.start }
        }
        edits.reserveCapacity(edits.count + result.bodyEdits.count)
        // A part of one line does not say how the message ends its lines; what breaks it then is CRLF, as in all
        // mail on its way. A file without any CR has to stay one.
        let hasReturns = bytes.contains(0x0D)
        for edit in result.bodyEdits {
            let range = ByteRange(edit.range.start + bodyStart, edit.range.end + bodyStart)
            edits.append(
                Edit(range, hasReturns ? edit.replacement : edit.replacement.filter { $0 != 0x0D }))
        }
        return bytes.applying(edits)
    }
}

extension HeaderField {
    /// RFC 5322 section 3.6.8: printable ASCII without colon and space.
    var hasValidName: Bool {
        !name.isEmpty && name.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
