/// Finds where default domains stand in text as whole host names, whatever surrounds them.
enum Mentions {
    /// The hosts in `range` of `bytes`, ascending.
    static func find(
        in bytes: Bytes, _ range: ByteRange, hosts: DefaultHosts, atMost limit: Int = .max
    ) -> [ByteRange] {
        var found: [ByteRange] = []
        var search = range.start
        while found.count < limit, let dot = candidate(in: bytes, from: search, to: range.end, hosts) {
            search = dot + 1
            for needle in hosts.needles {
                guard let host = host(needle, dot: dot, in: bytes, range) else { continue }
                found.append(host)
                search = max(search, host.end)
                break  // two whole host names that end in the same place are one
            }
        }
        return found
    }

    /// Where the letters of a default domain begin whose searched dot is at `dot`, be they part of a longer name or not.
    static func literal(dot: Int, in bytes: Bytes, hosts: DefaultHosts) -> Int? {
        hosts.needles.withUnsafeBufferPointer { needles in
            for index in needles.indices {
                let start = dot - needles[index].dot
                if stands(needles[index], at: start, in: bytes, ByteRange(0, bytes.count)) { return start }
            }
            return nil
        }
    }

    /// The next dot that may be a needle's, by the byte before it.
    @inline(__always)
    private static func candidate(in bytes: Bytes, from start: Int, to end: Int, _ hosts: DefaultHosts)
        -> Int?
    {
        guard let base = bytes.baseAddress else { return nil }
        var position = max(start, 1)
        // Dots are near each other: a call for each takes longer.
        while position &+ 16 <= end {
            let place = UnsafeRawPointer(base + position)
            let dots =
                place.loadUnaligned(as: SIMD16<UInt8>.self) .== SIMD16<UInt8>(repeating: UInt8(ascii: "."))
            let before = (place - 1).loadUnaligned(as: SIMD16<UInt8>.self)
            let bits = (dots .& hosts.mayPrecedeDot(before)).bits
            if bits != 0 { return position &+ bits.trailingZeroBitCount }
            position &+= 16
        }
        while position < end {
            if base[position] == UInt8(ascii: ".") { return position }
            position &+= 1
        }
        return nil
    }

    /// The hosts in `bytes` from `start` on.
    static func find(in bytes: [UInt8], from start: Int = 0, hosts: DefaultHosts) -> [ByteRange] {
        bytes.withUnsafeBufferPointer { find(in: $0, ByteRange(start, $0.count), hosts: hosts) }
    }

    /// The needle with its searched dot at `dot`, if it stands there as a whole host name.
    private static func host(
        _ needle: DefaultHosts.Needle, dot: Int, in bytes: Bytes, _ range: ByteRange
    ) -> ByteRange? {
        var start = dot - needle.dot
        let end = start + needle.text.count
        guard stands(needle, at: start, in: bytes, range) else { return nil }
        if end < range.end {
            if isHostByte(bytes[end]) { return nil }
            if bytes[end] == UInt8(ascii: "."), end + 1 < range.end, ASCII.isAlphanumeric(bytes[end + 1]) {
                return nil
            }
        }
        if needle.isSuffix {
            let suffix = start
            while start > range.start, isHostByte(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: ".") {
                if isEscape(in: bytes, endingAt: start, from: range.start) { break }
                start -= 1
            }
            return start < suffix ? ByteRange(start, end) : nil
        }
        if start > range.start {
            let before = bytes[start - 1]
            if isHostByte(before) || before == UInt8(ascii: "."),
                !isEscape(in: bytes, endingAt: start, from: range.start)
            {
                return nil
            }
        }
        return ByteRange(start, end)
    }

    private static func stands(
        _ needle: DefaultHosts.Needle, at start: Int, in bytes: Bytes, _ range: ByteRange
    ) -> Bool {
        guard start >= range.start, start + needle.text.count <= range.end else { return false }
        return needle.text.withUnsafeBufferPointer { text in
            for offset in text.indices where ASCII.lowercased(bytes[start &+ offset]) != text[offset] {
                return false
            }
            return true
        }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// Whether a percent-escape (`%2F`) ends at `end`: its digits are no part of the host behind it.
    private static func isEscape(in bytes: Bytes, endingAt end: Int, from start: Int) -> Bool {
        end - 3 >= start && bytes[end - 3] == UInt8(ascii: "%") && ASCII.hexValue(bytes[end - 2]) != nil
            && ASCII.hexValue(bytes[end - 1]) != nil
    }

    /// How much of one mention a report shows.
    private static let longestShown = 1000

    /// The URL, mail address or bare name that a host found in `text` belongs to.
    static func surroundings(of host: ByteRange, in text: [UInt8]) -> (range: ByteRange, isAddress: Bool) {
        let low = max(0, host.start - 80)
        if host.start > 0, text[host.start - 1] == UInt8(ascii: "@") {
            var start = host.start - 1
            while start > low, isLocalPartByte(text[start - 1]) { start -= 1 }
            return (ByteRange(start, host.end), true)
        }
        var start = host.start
        if let slashes = matchBackward(["//", "%2f%2f", "\\/\\/"], text, endingAt: start) {
            start = slashes
            if let scheme = matchBackward(
                ["https:", "http:", "https%3a", "http%3a"], text, endingAt: slashes)
            {
                start = scheme
            }
        }
        var end = host.end
        let high = min(text.count, start + longestShown)
        while end < high, !endsURL(text[end]) { end += 1 }
        return (ByteRange(start, end), false)
    }

    private static func matchBackward(_ words: [StaticString], _ text: [UInt8], endingAt end: Int) -> Int? {
        text.withUnsafeBufferPointer { bytes in
            for word in words {
                let start = end - word.utf8CodeUnitCount
                if start >= 0, bytes.hasPrefix(word, at: start) { return start }
            }
            return nil
        }
    }

    private static func isLocalPartByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F: false
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\""),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "\\"), UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "'"):
            false
        default: byte < 0x80
        }
    }

    private static func endsURL(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
            || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
            || byte == UInt8(ascii: "\\") || byte >= 0x80
    }

    /// The first mention in all of `bytes` as it is shown in a report, nil where there is none.
    static func first(in bytes: Bytes, hosts: DefaultHosts) -> [UInt8]? {
        guard let host = find(in: bytes, ByteRange(0, bytes.count), hosts: hosts, atMost: 1).first else {
            return nil
        }
        let window = window(around: host, in: bytes)
        let text = bytes.copy(window)
        let inWindow = ByteRange(host.start - window.start, host.end - window.start)
        let shown = surroundings(of: inWindow, in: text).range
        return Array(text[shown.start..<shown.end])
    }

    /// As much of the text round a host as ``surroundings(of:in:)`` looks at.
    static func window(around host: ByteRange, in bytes: Bytes) -> ByteRange {
        ByteRange(max(0, host.start - 100), min(bytes.count, host.end + longestShown))
    }
}
