/// A message as a file holds it: header section, empty line, body. Promise: what is not edited is written
/// back exactly as it was read.
public struct RawMessage: Sendable {
    /// The whole message.
    public let bytes: [UInt8]
    /// Its header fields in their order.
    public let fields: [HeaderField]
    /// Where each field's value stands in `bytes`.
    private let values: [ByteRange]
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
        values = section.lines.map(\.value)
        bodyStart = section.end
    }

    /// The message with a rewriter's changes made.
    public func applying(_ result: RewriteResult) -> [UInt8] {
        if result.headerEdits.isEmpty, result.bodyEdits.isEmpty { return bytes }
        var edits = result.headerEdits.map { Edit(values[$0.fieldIndex], $0.value) }
        edits.reserveCapacity(edits.count + result.bodyEdits.count)
        for edit in result.bodyEdits {
            let range = ByteRange(edit.range.start + bodyStart, edit.range.end + bodyStart)
            edits.append(Edit(range, withLineEndsOfMessage(edit.replacement)))
        }
        return bytes.applying(edits)
    }

    /// A part of one line does not say how the message ends its lines; what breaks it then is CRLF, as in all
    /// mail on its way. A file without any CR has to stay one.
    private func withLineEndsOfMessage(_ replacement: [UInt8]) -> [UInt8] {
        guard replacement.contains(0x0D), !bytes.contains(0x0D) else { return replacement }
        return replacement.filter { $0 != 0x0D }
    }
}

extension HeaderField {
    /// RFC 5322 section 3.6.8: printable ASCII without colon and space.
    var hasValidName: Bool {
        !name.isEmpty && name.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
