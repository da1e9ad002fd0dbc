/// What MAIL FROM says.
enum EnvelopeSender: Equatable {
    /// `<>`: bounces and other automatic mail.
    case empty
    /// An address.
    case address(MailAddress)
    /// Something that is not an address of ours to understand.
    case malformed

    /// Reads a reverse-path (RFC 5321 section 4.1.2) as MTAs hand it over: with or without angle brackets,
    /// possibly with a source route, possibly with a dot at the end.
    init(_ text: String) {
        // Bytes, not characters: whatever stands next to an ASCII sign, a combining mark included, the sign counts.
        var path = Array(text.utf8)[...]
        while let last = path.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
            path.removeLast()
        }
        path = path.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        if path.first == UInt8(ascii: "<") {
            guard path.last == UInt8(ascii: ">") else {
                self = .malformed
                return
            }
            path = path.dropFirst().dropLast()
        }
        if path.isEmpty {
            self = .empty
            return
        }
        self = EnvelopeSender.mailbox(path).map { .address($0) } ?? .malformed
    }

    /// `[@route,@route:]local@domain`.
    private static func mailbox(_ path: ArraySlice<UInt8>) -> MailAddress? {
        var path = path
        if path.first == UInt8(ascii: "@") {
            // "MUST be accepted, SHOULD NOT be generated, and SHOULD be ignored" (RFC 5321 section 4.1.1.3).
            guard let colon = path.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            path = path[(colon + 1)...]
        }
        // The last @: a quoted local part may contain others, a domain none.
        guard let at = path.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        guard let local = unquoted(path[..<at]) else { return nil }
        return MailAddress(localPart: local, domain: path[(at + 1)...])
    }

    /// A local part without its quotes and escapes.
    ///
    /// - Returns: nil where a quote is not closed, or a character stands outside quotes that belongs inside:
    ///   of `a@b@c` nobody can say whose it is.
    private static func unquoted(_ local: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(local.count)
        var inQuotes = false
        var isEscaped = false
        for byte in local {
            if byte < 0x20 || byte == 0x7F { return nil }
            if isEscaped {
                result.append(byte)
                isEscaped = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "\""): inQuotes.toggle()
            case UInt8(ascii: "@"), UInt8(ascii: " "), UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard inQuotes else { return nil }
                result.append(byte)
            default: result.append(byte)
            }
        }
        return inQuotes || isEscaped ? nil : result
    }
}
