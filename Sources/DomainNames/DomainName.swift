/// A fully qualified host name in its canonical form: A-labels, lower case, no trailing dot.
///
/// Two names are equal when a browser would connect to the same host.
public struct DomainName: Hashable, Sendable, CustomStringConvertible {
    /// The name as ASCII bytes.
    public let ascii: [UInt8]

    /// The name as text.
    public var description: String { String(decoding: ascii, as: UTF8.self) }

    /// Why a text is not a host name of at least two labels.
    public enum Problem: Error, Equatable, Sendable {
        /// It is an IPv4 address, in one of the spellings that browsers know: `192.0.2.1`, `127.1`, `0x7f.1`.
        case address
        /// It has more octets, as A-labels, than the 253 that fit into DNS (RFC 1035 section 2.3.4).
        case tooLong(octets: Int)
        /// One of its labels has more octets than 63.
        case labelTooLong(octets: Int)
        /// Anything else.
        case notAHostName
    }

    /// Reads a host name as a person writes it: upper case, an IDN and one trailing dot are allowed.
    ///
    /// - Returns: nil where it is not a DNS host name of at least two labels: RFC 1123 section 2.1
    ///   (letters, digits and hyphens, labels of 1 to 63 octets, 253 in all), or where it is an IPv4 address.
    public init?(_ text: String) {
        do { try self.init(reading: text) } catch { return nil }
    }

    /// The same, and why where it is not.
    public init(reading text: String) throws(Problem) {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard var name = IDNA.toASCII(bytes) else { throw .notAHostName }
        if name.last == UInt8(ascii: ".") { name.removeLast() }  // an IDN's ideographic full stop
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if let last = labels.last, DomainName.isNumber(last) { throw .address }
        guard labels.count >= 2, labels.allSatisfy(DomainName.isHostLabel) else { throw .notAHostName }
        if let long = labels.first(where: { $0.count > 63 }) { throw .labelTooLong(octets: long.count) }
        guard name.count <= 253 else { throw .tooLong(octets: name.count) }
        ascii = name
    }

    /// Whether a host with this last label is an IPv4 address, good or bad
    /// (<https://url.spec.whatwg.org/#ends-in-a-number-checker>): digits, or `0x` and hexadecimal digits.
    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        if !label.isEmpty, label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        return label.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")])
            && label.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isHostLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard let first = label.first, let last = label.last, first != UInt8(ascii: "-"),
            last != UInt8(ascii: "-")
        else { return false }
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
