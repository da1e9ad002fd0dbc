import Glibc

/// An IP address. An IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) counts as IPv4.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 octets in network order.
    public let octets: [UInt8]

    /// Whether this is an IPv4 address.
    public var isIPv4: Bool { octets.count == 4 }

    /// 127.0.0.1, the client of mail that is submitted locally.
    public static let loopback = IPAddress(octets: [127, 0, 0, 1])

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    /// An address from 4 or 16 octets.
    init(octets: [UInt8]) {
        self.octets = octets.starts(with: IPAddress.mappedPrefix) ? Array(octets.dropFirst(12)) : octets
    }

    /// An address from a packet: 4 or 16 octets in network order; nil for any other number.
    public init?(networkOrder octets: some Collection<UInt8>) {
        guard octets.count == 4 || octets.count == 16 else { return nil }
        self.init(octets: Array(octets))
    }

    /// Reads an address: dotted decimal or RFC 4291 section 2.2, Sendmail's prefix `IPv6:` allowed.
    public init?(_ text: String) {
        var bare = text
        if text.lowercased().hasPrefix("ipv6:") { bare = String(text.dropFirst(5)) }
        guard let octets = IPAddress.parse(bare) else { return nil }
        self.init(octets: octets)
    }

    /// The octets as written, before a mapped address becomes IPv4.
    static func parse(_ text: String) -> [UInt8]? {
        // A zero byte would end the text for inet_pton, and make "127.0.0.1\0x" an address.
        if text.utf8.contains(0) { return nil }
        var octets = [UInt8](repeating: 0, count: 16)
        // inet_pton, not inet_aton: "127.1" and "0177.0.0.1" are no addresses.
        if inet_pton(AF_INET, text, &octets) == 1 { return Array(octets.prefix(4)) }
        return inet_pton(AF_INET6, text, &octets) == 1 ? octets : nil
    }

    /// The address in its canonical text form.
    public var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(isIPv4 ? AF_INET : AF_INET6, octets, &buffer, socklen_t(buffer.count))
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
