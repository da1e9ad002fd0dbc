import DomainNames

/// A mail address in the form in which addresses compare: no case, domain as A-labels, local part unquoted.
/// Sub-addresses, VERP, BATV and SRS tags stay: `news+1@x` is not `news@x`.
public struct MailAddress: Hashable, Sendable {
    /// What stands before the `@`, unquoted, without case.
    public let localPart: String
    /// The domain as A-labels.
    public let domain: String

    /// An address from an unquoted local part and a domain as written, in UTF-8.
    ///
    /// - Returns: nil where the domain is none, and for the empty local part that `""@x` has.
    init?(localPart: [UInt8], domain: some Collection<UInt8>) {
        guard !localPart.isEmpty, let domain = MailDomain.canonical(domain) else { return nil }
        self.localPart = caseFolded(utf8: localPart)
        self.domain = domain
    }

    /// The key under which an exact address is filed. A domain contains no `@`, so the last one parts the two.
    public var key: String { localPart + "@" + domain }
}

/// The domain of a mail address. More is allowed than in a tracking domain: single labels and underscores
/// occur in mail, and whoever configures them means them.
enum MailDomain {
    /// The canonical form of a domain as written: A-labels, lower case, without one trailing dot.
    static func canonical(_ text: String) -> String? { canonical(text.utf8) }

    /// The same for a domain in UTF-8.
    static func canonical(_ utf8: some Collection<UInt8>) -> String? {
        var domain = Array(utf8)
        if domain.last == UInt8(ascii: ".") { domain.removeLast() }
        guard domain.last != UInt8(ascii: ".") else { return nil }
        // U-labels and A-labels: UTS 46 decides.
        guard lowercaseIfPlain(&domain) else {
            return DomainName(String(decoding: domain, as: UTF8.self))?.description
        }
        return String(decoding: domain, as: UTF8.self)
    }

    /// Puts a domain that needs no IDNA in lower case.
    ///
    /// - Returns: false where it is something else than letters, digits, hyphens and underscores, or has an A-label.
    private static func lowercaseIfPlain(_ domain: inout [UInt8]) -> Bool {
        guard domain.count <= 253 else { return false }
        var labelStart = 0
        for index in domain.indices {
            switch domain[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): domain[index] |= 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                break
            case UInt8(ascii: "."):
                guard isPlainLabel(domain[labelStart..<index]) else { return false }
                labelStart = index + 1
            default: return false
            }
        }
        return isPlainLabel(domain[labelStart...])
    }

    private static func isPlainLabel(_ label: ArraySlice<UInt8>) -> Bool {
        (1...63).contains(label.count) && !label.starts(with: "xn--".utf8)
    }
}
