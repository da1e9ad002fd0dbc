/// Where the MTA finds us, in libmilter's notation (smfi_setconn).
public enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// `unix:/path` (or `local:/path`).
    case unix(path: String)
    /// `inet:port@host`; without a host, every address of the machine.
    case inet(port: UInt16, host: String?)
    /// `inet6:port@host`.
    case inet6(port: UInt16, host: String?)
    /// `fd:N`: a listening socket that is open already, such as one handed over by systemd.
    case descriptor(Int32)

    private static let examples =
        "unix:/run/signpost/milter.sock, inet:8891@127.0.0.1 or inet6:8891@[::1]"

    /// Reads libmilter's notation. A relative path is seen from the folder of `file`.
    public init(parsing text: String, file: String = "") throws(ValueError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw ValueError(expected: ListenAddress.examples, found: text)
        }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "unix", "local":
            guard !rest.isEmpty else { throw ValueError(expected: ListenAddress.examples, found: text) }
            let path = resolve(path: rest, relativeTo: file)
            guard path.utf8.count <= UnixAddress.maximumPathLength, !path.utf8.contains(0) else {
                throw ValueError(
                    "expected a path of at most \(UnixAddress.maximumPathLength) bytes for a socket, "
                        + "found one of \(path.utf8.count)")
            }
            self = .unix(path: path)
        case "inet":
            let (port, host) = try ListenAddress.portAndHost(rest, whole: text)
            self = .inet(port: port, host: host)
        case "inet6":
            let (port, host) = try ListenAddress.portAndHost(rest, whole: text)
            self = .inet6(port: port, host: host)
        case "fd":
            guard let number = Int32(rest), number >= 0 else {
                throw ValueError(
                    "expected the number of an open descriptor behind \"fd:\", found \(quoted(text))")
            }
            self = .descriptor(number)
        default:
            throw ValueError(expected: ListenAddress.examples, found: text)
        }
    }

    private static func portAndHost(
        _ rest: String, whole: String
    ) throws(ValueError) -> (port: UInt16, host: String?) {
        let parts = rest.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        // Postfix writes its own milter addresses the other way round, and habit is strong.
        if parts.count == 1, let colon = rest.lastIndex(of: ":") {
            let (host, port) = (rest[..<colon], rest[rest.index(after: colon)...])
            let kind = whole.prefix { $0 != ":" }
            throw ValueError(
                "expected libmilter's notation, found \(quoted(whole)); write \(kind):\(port)@\(host)")
        }
        guard let port = UInt16(parts[0]), port > 0, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            throw ValueError("expected a port from 1 to 65535 behind the colon, found \(quoted(whole))")
        }
        guard parts.count == 2 else { return (port, nil) }
        var host = String(parts[1])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard IPAddress(host) != nil else { throw ValueError(expected: examples, found: whole) }
        }
        let isHost = host.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"@[]/\"'\\".utf8.contains(byte)
        }
        guard !host.isEmpty, isHost else { throw ValueError(expected: examples, found: whole) }
        return (port, host)
    }

    /// libmilter's notation.
    public var description: String { libmilterNotation }

    /// For `smfi_setconn`.
    public var libmilterNotation: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .inet(let port, let host): "inet:\(port)" + (host.map { "@" + bracketed($0) } ?? "")
        case .inet6(let port, let host): "inet6:\(port)" + (host.map { "@" + bracketed($0) } ?? "")
        case .descriptor(let number): "fd:\(number)"
        }
    }

    /// For Postfix's `smtpd_milters`. Postfix needs a host; where we listen on every address, that is the loopback.
    /// Nil for a descriptor, whose address we do not know.
    public var postfixNotation: String? {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .inet(let port, let host): "inet:\(bracketed(host ?? "127.0.0.1")):\(port)"
        case .inet6(let port, let host): "inet:\(bracketed(host ?? "::1")):\(port)"
        case .descriptor: nil
        }
    }

    /// Whether only this machine can reach it, by what is written.
    var isLoopback: Bool {
        switch self {
        case .unix: true
        case .descriptor: false
        case .inet(_, let host), .inet6(_, let host):
            host == "localhost" || host.flatMap(IPAddress.init).map(Self.isLoopback) ?? false
        }
    }

    private static func isLoopback(_ address: IPAddress) -> Bool {
        ["127.0.0.0/8", "::1"].contains { (try? Network(parsing: $0))?.contains(address) ?? false }
    }

    /// An IPv6 literal stands in brackets in both notations.
    private func bracketed(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }
}
