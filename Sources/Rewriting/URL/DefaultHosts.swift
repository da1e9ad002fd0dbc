import DomainNames

/// The default tracking domains in the form in which URLs are compared with them.
struct DefaultHosts: Sendable {
    /// Few, as a rule: comparing is quicker than hashing.
    private let hosts: [[UInt8]]
    /// `.t.relay.example` for `*.t.relay.example`.
    private let suffixes: [[UInt8]]
    /// What to look for in text: whole hosts, and suffixes with their leading dot.
    let needles: [Needle]
    /// The bytes that stand before the dots that a search looks for, in either case: a set of bits.
    private let beforeDots: (UInt64, UInt64)

    /// A domain as it may stand in text.
    struct Needle: Sendable {
        /// Lower case; with a leading dot where any host below counts.
        var text: [UInt8]
        /// Offset of its first dot that is not the first byte: the byte that a search looks for.
        var dot: Int
        var isSuffix: Bool
    }

    init(_ patterns: [DomainPattern]) {
        var hosts: Set<[UInt8]> = []
        var suffixes: [[UInt8]] = []
        for pattern in patterns {
            switch pattern {
            case .host(let domain): hosts.insert(domain.ascii)
            case .below(let domain): suffixes.append([UInt8(ascii: ".")] + domain.ascii)
            }
        }
        self.hosts = Array(hosts)
        self.suffixes = suffixes
        needles =
            hosts.map { DefaultHosts.needle($0, isSuffix: false) }
            + suffixes.map { DefaultHosts.needle($0, isSuffix: true) }
        var before: (UInt64, UInt64) = (0, 0)
        for needle in needles {
            let byte = needle.text[needle.dot - 1]
            for byte in ASCII.isLetter(byte) ? [byte, byte & ~0x20] : [byte] {
                if byte < 64 { before.0 |= 1 << byte } else { before.1 |= 1 << (byte & 63) }
            }
        }
        beforeDots = before
    }

    /// Whether `byte` may stand before the dot of one of the needles.
    @inline(__always)
    func mayPrecedeDot(_ byte: UInt8) -> Bool {
        let bits = byte < 64 ? beforeDots.0 : beforeDots.1
        return byte < 0x80 && bits &>> UInt64(byte & 63) & 1 == 1
    }

    private static func needle(_ text: [UInt8], isSuffix: Bool) -> Needle {
        // A domain name has two labels or more, hence a dot.
        let dot = text.dropFirst().firstIndex(of: UInt8(ascii: ".")) ?? 0
        return Needle(text: text, dot: dot, isSuffix: isSuffix)
    }

    /// Whether a canonical host (lower case, A-labels, no trailing dot) is one of them.
    func contains(_ host: Bytes) -> Bool {
        if hosts.contains(where: { DefaultHosts.ends(host, with: $0) && host.count == $0.count }) {
            return true
        }
        return suffixes.contains { host.count > $0.count && DefaultHosts.ends(host, with: $0) }
    }

    private static func ends(_ host: Bytes, with end: [UInt8]) -> Bool {
        let start = host.count - end.count
        return start >= 0
            && end.withUnsafeBufferPointer {
                host.equals(ByteRange(start, host.count), $0, ByteRange(0, $0.count))
            }
    }
}
