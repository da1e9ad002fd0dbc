import Configuration

/// One entry of a sender's `addresses`.
public enum AddressPattern: Hashable, Sendable, CustomStringConvertible {
    /// `news@acme.example`, in the form in which addresses compare.
    case address(String)
    /// `@acme.example`: every address of this domain.
    case domain(String)
    /// `@*.acme.example`: every address of any domain below, at any depth, but not of the domain itself.
    case below(String)

    /// Reads an entry as a person writes it.
    public init(parsing text: String) throws(ValueError) {
        let error = ValueError(
            expected: "an address such as news@acme.example, @acme.example or @*.acme.example", found: text)
        if text.hasPrefix("@*.") {
            guard let domain = MailDomain.canonical(String(text.dropFirst(3))) else { throw error }
            self = .below(domain)
        } else if text.hasPrefix("@") {
            guard let domain = MailDomain.canonical(String(text.dropFirst())) else { throw error }
            self = .domain(domain)
        } else if text.hasPrefix("*@") {
            throw ValueError(
                "a local part has no wildcard, found \(quoted(text)); "
                    + "for the whole domain write \(quoted(String(text.dropFirst())))")
        } else if !text.contains("@"), MailDomain.canonical(text) != nil, text.contains(".") {
            throw ValueError(
                "a domain stands here without its @, found \(quoted(text)); write \(quoted("@" + text))")
        } else {
            guard !text.hasPrefix("<"), case .address(let address) = EnvelopeSender(text) else { throw error }
            self = .address(address.key)
        }
    }

    /// The entry in its canonical form.
    public var description: String {
        switch self {
        case .address(let address): address
        case .domain(let domain): "@" + domain
        case .below(let domain): "@*." + domain
        }
    }
}
