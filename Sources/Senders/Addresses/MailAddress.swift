import DomainNames

/// A mail address in the form in which addresses compare: no case, domain as A-labels, local part unquoted.
/// Sub-addresses, VERP, BATV and SRS tags stay: `news+1@x` is not `news@x`.
struct MailAddress: Hashable, Sendable {
    let localPart: String
    let domain: String

    /// An address from an unquoted local part and a domain as written.
    ///
    /// - Returns: nil where the domain is none, and for the empty local part that `""@x` has.
    init?(localPart: String, domain: String) {
        guard !localPart.isEmpty, let domain = MailDomain.canonical(domain) else { return nil }
        self.localPart = caseFolded(localPart)
        self.domain = domain
    }

    /// The key under which an exact address is filed. A domain contains no `@`, so the last one parts the two.
    var key: String { localPart + "@" + domain }
}

/// The domain of a mail address. More is allowed than in a tracking domain: single labels and underscores
/// occur in mail, and whoever configures them means them.
enum MailDomain {
    /// The canonical form of a domain as written: A-labels, lower case, without one trailing dot.
    static func canonical(_ text: String) -> String? {
        var domain = caseFolded(text)
        if domain.hasSuffix(".") { domain.removeLast() }
        guard isPlain(domain) else {
            // U-labels and A-labels: UTS 46 decides.
            return DomainName(domain)?.description
        }
        return domain
    }

    /// Whether no IDNA is needed: letters, digits, hyphens and underscores in labels that are no A-labels.
    private static func isPlain(_ domain: String) -> Bool {
        guard domain.utf8.count <= 253 else { return false }
        var labelLength = 0
        for byte in domain.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                labelLength += 1
                guard labelLength <= 63 else { return false }
            case UInt8(ascii: ".") where labelLength > 0: labelLength = 0
            default: return false
            }
        }
        return labelLength > 0 && !domain.hasPrefix("xn--") && !domain.contains(".xn--")
    }
}
