import Configuration

/// Where an MTA looks for a milter.
enum MilterAddress: Hashable, Sendable {
    /// A unix socket, with the path as written.
    case unix(path: String)
    /// A TCP port.
    case inet(host: String, port: UInt16)

    /// Reads `unix:path` (also `local:`) and `inet:host:port`, as Postfix has it.
    init?(postfix text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "unix", "local":
            self = .unix(path: String(rest))
        case "inet":
            guard let last = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: last)...])
            else { return nil }
            self = .inet(host: Self.bare(rest[..<last]), port: port)
        default:
            return nil
        }
    }

    /// Reads `unix:path` (also `local:`), `inet:port@host` and `inet6:port@host`, as Sendmail and libmilter have it.
    init?(sendmail text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "unix", "local":
            self = .unix(path: String(rest))
        case "inet", "inet6":
            let parts = rest.split(separator: "@", maxSplits: 1)
            guard let first = parts.first, let port = UInt16(first) else { return nil }
            self = .inet(host: parts.count == 2 ? Self.bare(parts[1]) : "localhost", port: port)
        default:
            return nil
        }
    }

    /// Whether this is where we listen. Paths are compared by ``Reach``, which knows the chroot.
    func isPort(of listen: ListenAddress) -> Bool {
        guard case .inet(let host, let port) = self else { return false }
        switch listen {
        case .inet(let ours, let address), .inet6(let ours, let address):
            guard port == ours else { return false }
            // Without a host we listen on every address, and the MTA may know this machine by any name.
            guard let address, address != "0.0.0.0", address != "::" else { return true }
            return host == address || Self.isLoopback(host) && Self.isLoopback(address)
        case .unix, .descriptor:
            return false
        }
    }

    /// Whether the MTA means us by it, though it may be the wrong address: by its own name for it, or the last two
    /// components of a path, unless those name another.
    func isMeantAsOurs(label: String) -> Bool {
        guard Neighbour(label: label, address: nil) == nil else { return false }
        var text = label
        if case .unix(let path) = self {
            text = path.split(separator: "/").suffix(2).joined(separator: "/")
            if Neighbour(label: text, address: nil) != nil { return false }
            text += " " + (label.contains("/") ? "" : label)
        }
        return text.lowercased().contains("signpost")
    }

    private static func bare(_ host: Substring) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }

    private static func isLoopback(_ host: String) -> Bool {
        ["localhost", "::1", "ip6-localhost"].contains(host.lowercased()) || host.hasPrefix("127.")
    }
}
