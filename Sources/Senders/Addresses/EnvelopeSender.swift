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
        var path = Substring(text)
        while let last = path.last, last == " " || last == "\t" { path.removeLast() }
        path = path.drop { $0 == " " || $0 == "\t" }
        if path.hasPrefix("<") {
            guard path.hasSuffix(">") else {
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
    private static func mailbox(_ path: Substring) -> MailAddress? {
        var path = path
        if path.hasPrefix("@") {
            // "MUST be accepted, SHOULD NOT be generated, and SHOULD be ignored" (RFC 5321 section 4.1.1.3).
            guard let colon = path.firstIndex(of: ":") else { return nil }
            path = path[path.index(after: colon)...]
        }
        // The last @: a quoted local part may contain others, a domain none.
        guard let at = path.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        guard let local = unquoted(path[..<at]) else { return nil }
        return MailAddress(localPart: local, domain: String(path[path.utf8.index(after: at)...]))
    }

    /// A local part without its quotes and escapes.
    ///
    /// - Returns: nil where a quote is not closed, or a character stands outside quotes that belongs inside:
    ///   of `a@b@c` nobody can say whose it is.
    static func unquoted(_ local: Substring) -> String? {
        var result = String.UnicodeScalarView()
        var inQuotes = false
        var scalars = local.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            if scalar.value < 0x20 || scalar.value == 0x7F { return nil }
            switch scalar {
            case "\\":
                guard let escaped = scalars.next(), escaped.value >= 0x20 else { return nil }
                result.append(escaped)
            case "\"": inQuotes.toggle()
            case "@", " ", "<", ">":
                guard inQuotes else { return nil }
                result.append(scalar)
            default: result.append(scalar)
            }
        }
        return inQuotes ? nil : String(result)
    }
}
