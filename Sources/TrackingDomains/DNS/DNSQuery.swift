/// A question to a resolver.
struct DNSQuery {
    /// The record types that we know (RFC 1035 section 3.2.2, RFC 3596 section 2.1).
    enum RecordType: UInt16 {
        case a = 1
        case ns = 2
        case cname = 5
        case soa = 6
        case aaaa = 28
    }

    var name: DNSName
    var type: RecordType
    /// Asks for the answer even where DNSSEC says that it is forged (CD, RFC 4035 section 3.2.2).
    var checkingDisabled = false

    /// The packet (RFC 1035 section 4.1), with the answer's recursion desired.
    func packet(id: UInt16) -> [UInt8] {
        let flags: [UInt8] = [0x01, checkingDisabled ? 0x10 : 0]
        let counts: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 0]
        return bytes(id) + flags + counts + name.wire + [0] + bytes(type.rawValue) + [0, 1]
    }

    private func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
}
