/// A DNS server to ask.
public struct Resolver: Hashable, Sendable, CustomStringConvertible {
    /// Its address.
    public var address: IPAddress
    /// Its port, 53 unless told otherwise.
    public var port: UInt16

    /// Reads `127.0.0.1`, `127.0.0.1:53`, `::1` or `[::1]:53`.
    public init(parsing text: String) throws(ValueError) {
        let (host, port) = try text.splitPort()
        guard let address = IPAddress(host) else {
            throw ValueError(expected: "a resolver such as 127.0.0.1:53 or [::1]:53", found: text)
        }
        self.address = address
        self.port = port ?? 53
    }

    /// `127.0.0.1:53`, `[::1]:53`.
    public var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}

extension String {
    /// Parts `host:port`, `[v6]:port` and a bare `host` or `v6`; the host comes without brackets.
    func splitPort() throws(ValueError) -> (host: String, port: UInt16?) {
        var (host, port) = (self, String?.none)
        if hasPrefix("["), let end = lastIndex(of: "]") {
            host = String(self[index(after: startIndex)..<end])
            let rest = self[index(after: end)...]
            if !rest.isEmpty { port = rest.hasPrefix(":") ? String(rest.dropFirst()) : "" }
        } else if let colon = lastIndex(of: ":"), firstIndex(of: ":") == colon {
            (host, port) = (String(self[..<colon]), String(self[index(after: colon)...]))
        }
        guard let port else { return (host, nil) }
        // UInt16's own reading would allow a sign.
        let isNumber = !port.isEmpty && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let number = UInt16(port), number > 0 else {
            throw ValueError("expected a port from 1 to 65535 behind the colon, found \(quoted(self))")
        }
        return (host, number)
    }
}
