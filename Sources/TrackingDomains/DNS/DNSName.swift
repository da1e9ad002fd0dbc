import DomainNames

/// A name as DNS has it: labels of any octets, such as `_acme` or `x y`, which no host name would have. Compared without
/// case (RFC 1034 section 3.1).
public struct DNSName: Hashable, Sendable, CustomStringConvertible {
    /// The labels as on the wire, each behind its length, in lower case; without the root's, which ends them there.
    let wire: [UInt8]

    /// A host's name.
    public init(_ host: DomainName) {
        wire = host.ascii.split(separator: UInt8(ascii: ".")).flatMap { [UInt8($0.count)] + $0 }
    }

    /// A name from its labels on the wire.
    init(wire: [UInt8]) {
        // Lengths are at most 63, below every letter.
        self.wire = wire.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    /// The name as zone files write it (RFC 1035 section 5.1), without the final dot.
    public var description: String {
        if wire.isEmpty { return "." }
        var labels: [String] = []
        var rest = wire[...]
        while let length = rest.popFirst() {
            labels.append(rest.prefix(Int(length)).map(DNSName.escaped).joined())
            rest = rest.dropFirst(Int(length))
        }
        return labels.joined(separator: ".")
    }

    private static func escaped(_ octet: UInt8) -> String {
        switch octet {
        case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "@"), UInt8(ascii: "$"):
            "\\" + String(UnicodeScalar(octet))
        case 0x21...0x7E: String(UnicodeScalar(octet))
        default: "\\" + String(repeating: "0", count: 3 - String(octet).count) + String(octet)
        }
    }
}
