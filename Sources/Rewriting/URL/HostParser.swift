import DomainNames

/// The WHATWG URL Standard's host parser for special schemes (section 3.5), as far as domains go.
enum HostParser {
    /// The canonical form of a host: percent-decoded, A-labels, lower case.
    ///
    /// - Parameter bytes: the host in UTF-8 as the URL writes it.
    /// - Returns: nil where the standard rejects it. An IP address is returned as written.
    static func domainToASCII(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        var isPlain = true
        var host: [UInt8] = []
        host.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte == UInt8(ascii: "%") || byte >= 0x80 { isPlain = false }
            host.append(ASCII.lowercased(byte))
        }
        if !isPlain {
            host = percentDecoded(Array(bytes))
            if host.contains(where: { $0 >= 0x80 }) {
                guard let ascii = IDNA.toASCII(host) else { return nil }
                host = ascii
            } else {
                host = host.map(ASCII.lowercased)
            }
        }
        if host.isEmpty || host.contains(where: isForbidden) { return nil }
        return host
    }

    /// Whether a host of such bytes stands as it is serialised: in lower case, nothing encoded, nothing forbidden.
    @inline(__always)
    static func isCanonical(_ byte: UInt8) -> Bool {
        byte &- 0x61 < 26 || ASCII.isOne(of: 0x03FF << 0x30 | 1 << 0x2E | 1 << 0x2D, byte)
    }

    /// "Percent-decode" (section 1.3): what is no valid escape stays.
    static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = ASCII.hexValue(bytes[index + 1]), let low = ASCII.hexValue(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    /// "Forbidden domain code point" (section 3.1).
    static func isForbidden(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F: true
        case UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "\\"),
            UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "|"):
            true
        default: false
        }
    }
}
