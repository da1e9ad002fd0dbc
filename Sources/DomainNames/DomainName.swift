/// A fully qualified host name in its canonical form: A-labels, lower case, no trailing dot.
///
/// Two names are equal when a browser would connect to the same host.
public struct DomainName: Hashable, Sendable, CustomStringConvertible {
    /// The name as ASCII bytes.
    public let ascii: [UInt8]

    /// The name as text.
    public var description: String { String(decoding: ascii, as: UTF8.self) }

    /// Reads a host name as a person writes it: upper case, an IDN and one trailing dot are allowed.
    ///
    /// - Returns: nil where it is not a DNS host name of at least two labels: RFC 1123 section 2.1
    ///   (letters, digits and hyphens, labels of 1 to 63 octets, 253 in all), or where it is an IPv4 address.
    public init?(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard var name = IDNA.toASCII(bytes) else { return nil }
        if name.last == UInt8(ascii: ".") { name.removeLast() }  // an IDN's ideographic full stop
        guard name.count <= 253 else { return nil }
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(DomainName.isHostLabel) else { return nil }
        // The URL Standard reads a host whose last label is a number as an IPv4 address.
        guard let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        ascii = name
    }

    private static func isHostLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...63).contains(label.count) else { return false }
        if label.first == UInt8(ascii: "-") || label.last == UInt8(ascii: "-") { return false }
        return label.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
