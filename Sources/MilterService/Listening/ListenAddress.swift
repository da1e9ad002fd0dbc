/// Where the MTA finds us, in libmilter's notation (smfi_setconn): `unix:path`, `inet:port@host`, `inet6:port@host`.
public enum ListenAddress: Equatable, Sendable, CustomStringConvertible {
    /// A unix socket (`unix:` or `local:`, or a bare path).
    case unix(path: String)
    /// TCP on IPv4; no host means every address.
    case inet(port: String, host: String?)
    /// TCP on IPv6; no host means every address.
    case inet6(port: String, host: String?)
    /// A listening socket that is open already, such as one handed over by systemd.
    case descriptor(Int32)

    /// Reads libmilter's notation, and `fd:N` as Debian's libmilter has it.
    public init(_ text: String) throws(ServiceError) {
        guard let colon = text.firstIndex(of: ":") else {
            guard text.hasPrefix("/") else { throw Self.misread(text) }
            self = .unix(path: text)
            return
        }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon].lowercased() {
        case "unix", "local":
            guard !rest.isEmpty else { throw Self.misread(text) }
            self = .unix(path: String(rest))
        case "inet":
            let (port, host) = try Self.portAndHost(rest, in: text)
            self = .inet(port: port, host: host)
        case "inet6":
            let (port, host) = try Self.portAndHost(rest, in: text)
            self = .inet6(port: port, host: host)
        case "fd":
            guard let number = Int32(rest), number >= 0 else { throw Self.misread(text) }
            self = .descriptor(number)
        default:
            throw Self.misread(text)
        }
    }

    /// libmilter's notation, as in `listen:`.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .inet(let port, let host): "inet:\(port)" + (host.map { "@\($0)" } ?? "")
        case .inet6(let port, let host): "inet6:\(port)" + (host.map { "@[\($0)]" } ?? "")
        case .descriptor(let number): "fd:\(number)"
        }
    }

    /// Postfix's notation, as in `smtpd_milters`, which has host and port the other way round.
    public var postfixDescription: String? {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .inet(let port, let host): "inet:\(host ?? "127.0.0.1"):\(port)"
        case .inet6(let port, let host): "inet:[\(host ?? "::1")]:\(port)"
        case .descriptor: nil
        }
    }

    private static func portAndHost(
        _ rest: Substring, in text: String
    ) throws(ServiceError) -> (String, String?) {
        let halves = rest.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let port = halves.first, !port.isEmpty, !port.contains(":") else { throw misread(text) }
        if port.allSatisfy(\.isNumber), UInt16(port) == nil { throw misread(text) }
        guard halves.count == 2 else { return (String(port), nil) }
        var host = halves[1]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw misread(text) }
        return (String(port), String(host))
    }

    private static func misread(_ text: String) -> ServiceError {
        ServiceError(
            .configuration,
            "listen: \"\(text)\" is no address; expected unix:/path, inet:port@host or inet6:port@[host]")
    }
}
