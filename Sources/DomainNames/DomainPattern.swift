/// A default tracking domain as the configuration names it: one host, or every host below one.
public enum DomainPattern: Hashable, Sendable, CustomStringConvertible {
    /// `track.relay.example`: this host alone.
    case host(DomainName)
    /// `*.t.relay.example`: any host below, at any depth, but not the domain itself.
    case below(DomainName)

    /// Reads `host` or `*.domain`.
    ///
    /// - Returns: nil where the rest is not a host name (see ``DomainName/init(_:)``).
    public init?(_ text: String) {
        if text.hasPrefix("*.") {
            guard let domain = DomainName(String(text.dropFirst(2))) else { return nil }
            self = .below(domain)
        } else {
            guard let domain = DomainName(text) else { return nil }
            self = .host(domain)
        }
    }

    /// The pattern as the configuration would write it.
    public var description: String {
        switch self {
        case .host(let domain): domain.description
        case .below(let domain): "*." + domain.description
        }
    }

    /// Whether a canonical host name (see ``DomainName``) is one that this pattern means.
    public func matches(_ host: DomainName) -> Bool {
        switch self {
        case .host(let domain): host == domain
        case .below(let domain):
            host.ascii.count > domain.ascii.count + 1
                && host.ascii.dropLast(domain.ascii.count).last == UInt8(ascii: ".")
                && host.ascii.suffix(domain.ascii.count).elementsEqual(domain.ascii)
        }
    }
}
