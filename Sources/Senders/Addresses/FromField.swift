/// The addresses of a From field (RFC 5322 section 3.6.2, with section 4.4's obsolete forms, the groups of
/// RFC 6854 and the UTF-8 of RFC 6532).
///
/// Who misreads this field lets one sender pass for another. So there is no repair: what the grammar does not
/// allow has no addresses at all.
enum FromField {
    /// The addresses in `value`, in their order.
    ///
    /// - Parameter value: what follows the colon, folded with LF or CRLF.
    /// - Returns: nil where the syntax is broken or no address is there. An address that cannot be compared
    ///   (its domain is an address literal, or no domain name) is nil in the list: it is there, and nobody's.
    static func addresses(_ value: [UInt8]) -> [MailAddress?]? {
        guard isFieldText(value) else { return nil }
        var parser = FromFieldParser(value)
        guard let specs = parser.addressList(), !specs.isEmpty else { return nil }
        return specs.map { MailAddress(localPart: $0.localPart, domain: $0.domain) }
    }

    /// Valid UTF-8 without controls, every line end followed by white space (section 2.2.3). What passes can be
    /// read with its line ends as plain white space.
    private static func isFieldText(_ value: [UInt8]) -> Bool {
        for (index, byte) in value.enumerated() {
            let next = index + 1 < value.count ? value[index + 1] : 0
            switch byte {
            case UInt8(ascii: "\t"): break
            case UInt8(ascii: "\r"): guard next == UInt8(ascii: "\n") else { return false }
            case UInt8(ascii: "\n"):
                guard next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") else { return false }
            case 0..<0x20, 0x7F: return false
            default: break
            }
        }
        return String(validating: value, as: UTF8.self) != nil
    }
}
