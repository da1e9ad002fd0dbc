/// How a part's content is carried (RFC 2045 section 6.1), as far as it can be read.
enum TransferEncoding: Equatable, Sendable {
    /// `7bit`, `8bit`, `binary`, or no field at all: the raw bytes are the content.
    case identity
    /// RFC 2045 section 6.7.
    case quotedPrintable
    /// RFC 2045 section 6.8.
    case base64

    /// Reads the value of a Content-Transfer-Encoding field; nil for a mechanism that is not known, whose
    /// part nobody may read. Comments and white space are ignored, and so is a parameter: the field has none,
    /// yet some software writes one. An empty value counts as no field.
    init?(_ fieldValue: some Collection<UInt8>) {
        var token: [UInt8] = []
        token.reserveCapacity(32)
        var commentDepth = 0
        var isQuoted = false
        var isComplete = false
        value: for byte in fieldValue {
            if commentDepth > 0 {
                if isQuoted {
                    isQuoted = false
                } else if byte == UInt8(ascii: "\\") {
                    isQuoted = true
                } else if byte == UInt8(ascii: "(") {
                    commentDepth += 1
                } else if byte == UInt8(ascii: ")") {
                    commentDepth -= 1
                }
                continue
            }
            switch byte {
            case UInt8(ascii: ";"):
                break value
            case UInt8(ascii: "("):
                commentDepth = 1
                isComplete = !token.isEmpty
            case 0x20, 0x09, 0x0D, 0x0A:
                isComplete = !token.isEmpty
            default:
                // A second word: whatever it says, the first one alone is a guess.
                guard !isComplete, token.count < 32 else { return nil }
                token.append(ASCII.lowercased(byte))
            }
        }
        let isNamed = { (name: StaticString) in
            token.withUnsafeBufferPointer { $0.equals(name, in: ByteRange(0, $0.count)) }
        }
        if token.isEmpty || isNamed("7bit") || isNamed("8bit") || isNamed("binary") {
            self = .identity
        } else if isNamed("quoted-printable") {
            self = .quotedPrintable
        } else if isNamed("base64") {
            self = .base64
        } else {
            return nil
        }
    }
}
