/// A range of IP addresses in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3).
public struct Network: Hashable, Sendable, CustomStringConvertible {
    /// The first address.
    public let address: IPAddress
    /// How many leading bits all its addresses share.
    public let prefixLength: Int

    /// Reads `192.0.2.0/24`, `2001:db8::/32`, or a single address; `[2001:db8::]/32` as Postfix writes it.
    public init(parsing text: String) throws(ValueError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var host = String(parts[0])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard let octets = IPAddress.parse(host) else {
            throw ValueError(expected: "a network such as 192.0.2.0/24 or 2001:db8::/32", found: text)
        }
        let bits = octets.count * 8
        var length = bits
        if parts.count == 2 {
            guard let given = Int(parts[1]), parts[1].allSatisfy(\.isNumber), (0...bits).contains(given)
            else {
                throw ValueError(
                    "expected a prefix length of 0 to \(bits) behind the slash, found \(quoted(text))")
            }
            length = given
        }
        let first = Network.masked(octets, length)
        guard first == octets else {
            // Postfix refuses it too: one of address and length is not what was meant.
            let network = "\(IPAddress(octets: first))/\(length)"
            throw ValueError(
                "the address has bits beyond the prefix, found \(quoted(text)); perhaps \(network)")
        }
        address = IPAddress(octets: octets)
        // ::ffff:192.0.2.0/120 is 192.0.2.0/24.
        prefixLength = address.isIPv4 && bits == 128 ? length - 96 : length
    }

    /// Whether `other` is one of the network's addresses.
    public func contains(_ other: IPAddress) -> Bool {
        guard other.octets.count == address.octets.count else { return false }
        let whole = prefixLength / 8
        for index in 0..<whole where other.octets[index] != address.octets[index] { return false }
        guard whole < address.octets.count else { return true }
        let mask = ~(UInt8.max >> UInt8(prefixLength % 8))
        return other.octets[whole] & mask == address.octets[whole]
    }

    private static func masked(_ octets: [UInt8], _ length: Int) -> [UInt8] {
        octets.enumerated().map { index, octet in
            let kept = min(max(length - index * 8, 0), 8)
            return octet & ~(UInt8.max >> UInt8(kept))
        }
    }

    /// The network in CIDR notation.
    public var description: String { "\(address)/\(prefixLength)" }
}
