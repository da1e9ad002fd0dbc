import CVectors
import DomainNames

/// The default tracking domains in the form in which URLs are compared with them. A class, so that to hand them on for
/// a link takes one reference, not one for each list.
final class DefaultHosts: Sendable {
    /// Few, as a rule: comparing is quicker than hashing.
    private let hosts: [[UInt8]]
    /// `.t.relay.example` for `*.t.relay.example`.
    private let suffixes: [[UInt8]]
    /// What to look for in text: whole hosts, and suffixes with their leading dot.
    let needles: [Needle]
    /// The bytes, one or two, that stand before the dots that a search looks for, without the bit that tells small
    /// letters from capitals. Any byte, where there are more.
    let beforeDot: before_dot

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
        let needles =
            hosts.map { DefaultHosts.needle($0, isSuffix: false) }
            + suffixes.map { DefaultHosts.needle($0, isSuffix: true) }
        self.needles = needles
        let before = Set(needles.map { $0.text[$0.dot - 1] & ~0x20 }).sorted()
        beforeDot =
            before.isEmpty || before.count > 2
            ? before_dot(mask: 0, one: 0, other: 0)
            : before_dot(mask: ~0x20, one: before[0], other: before[before.count - 1])
    }

    /// Which of sixteen bytes may stand before the dot of one of the needles.
    @inline(__always)
    func mayPrecedeDot(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        let masked = bytes & SIMD16<UInt8>(repeating: beforeDot.mask)
        return (masked .== SIMD16<UInt8>(repeating: beforeDot.one))
            .| (masked .== SIMD16<UInt8>(repeating: beforeDot.other))
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

    /// Where the one of them ends that begins at `start` of a text, spelled as it is serialised; nil where none does.
    func end(ofHostAt start: Int, in text: Bytes) -> Int? {
        for index in hosts.indices {
            let end = start + hosts[index].count
            guard end <= text.count, end == text.count || !HostParser.isCanonical(text[end]) else { continue }
            let isSame = hosts[index].withUnsafeBufferPointer {
                text.equals(ByteRange(start, end), $0, ByteRange(0, $0.count))
            }
            if isSame { return end }
        }
        if suffixes.isEmpty { return nil }
        var end = start
        while end < text.count, HostParser.isCanonical(text[end]) { end += 1 }
        return contains(Bytes(rebasing: text[start..<end])) ? end : nil
    }

    private static func ends(_ host: Bytes, with end: [UInt8]) -> Bool {
        let start = host.count - end.count
        return start >= 0
            && end.withUnsafeBufferPointer {
                host.equals(ByteRange(start, host.count), $0, ByteRange(0, $0.count))
            }
    }
}
