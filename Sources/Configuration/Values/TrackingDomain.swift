import DomainNames

/// A sender's own tracking domain: a host, and a port where it is not the link's own.
public struct TrackingDomain: Hashable, Sendable, CustomStringConvertible {
    /// The host in its canonical form.
    public var host: DomainName
    /// The port that takes the place of the link's; nil keeps it.
    public var port: UInt16?

    /// A host, with the port where there is one.
    public init(host: DomainName, port: UInt16? = nil) { (self.host, self.port) = (host, port) }

    /// Reads `click.acme.example` or `click.acme.example:8443`; IDNs are allowed.
    public init(parsing text: String) throws(ValueError) {
        let expected = "a host name such as click.acme.example"
        if text.contains("/") || text.contains("@") {
            throw ValueError(expected: expected + " alone", found: text)
        }
        let (name, port) = try text.splitPort()
        if IPAddress(name) != nil {
            throw ValueError(expected: expected + ", not an IP address", found: text)
        }
        do {
            host = try DomainName(reading: name)
        } catch {
            switch error {
            case .address: throw ValueError(expected: expected + ", not an IP address", found: text)
            case .tooLong(let octets):
                throw ValueError(
                    "expected a host name of at most 253 octets, as DNS allows, found one of \(octets)")
            case .labelTooLong(let octets):
                throw ValueError(
                    "expected at most 63 octets between the dots, as DNS allows, found \(octets) in \(quoted(text))"
                )
            case .notAHostName: throw ValueError(expected: expected, found: text)
            }
        }
        self.port = port
    }

    /// `click.acme.example:8443`.
    public var description: String { port.map { "\(host):\($0)" } ?? "\(host)" }
}

/// What becomes of a link's scheme when it moves.
public enum LinkScheme: String, CaseIterable, Sendable {
    /// As it is.
    case keep
    /// `https:`.
    case https
    /// `http:`.
    case http
}
