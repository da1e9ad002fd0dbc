import CVectors

/// Where in markup a default domain stands literally, and where one might stand that does not. Most strings of a mail
/// have neither in them and need not be read.
///
/// Why this is certain. Let no letter of a default domain be spelled otherwise by a character reference
/// (``TellingReferences``) and no backslash be in a string, so that neither CSS nor JSON has escapes. Then every
/// text that is taken from it holds a default domain only where the markup does, literally. What is
/// left is a URL whose host *becomes* one by the URL parser: by percent-decoding, by IDNA (not ASCII), or since
/// tabs and line ends are removed. Take the first byte of such a host that is `%`, not ASCII, a control
/// character, or the `&` of a reference that stands for one of them. Between it and the place where the host
/// begins, behind `//`, `http:` or `@`, there are only bytes of host names. So it is enough to look from each such
/// place to the first byte that no host name has.
struct HostTraces {
    /// Where the letters of default domains stand, ascending, part of a longer name or not.
    private(set) var literals: [Int] = []
    /// Where a host in disguise might stand, ascending: a telling reference, a backslash, the byte before the host.
    private(set) var disguises: [Int] = []
    /// There were so many disguises that they were no longer noted: they might be anywhere.
    private(set) var areTooMany = false

    /// How many times 64 bytes are looked through at once.
    private static let blocksAtOnce = 64

    /// How many disguises are noted.
    private static let mostDisguises = 10_000

    private let view: Bytes
    private let hosts: DefaultHosts

    /// Looks through the view, once.
    init(in view: Bytes, of hosts: DefaultHosts) {
        self.view = view
        self.hosts = hosts
        guard let base = view.baseAddress, !view.isEmpty else { return }
        look(at: 0)
        // The bytes beside each one that is looked for are read as well.
        let end = view.count - 1
        var position = 1
        if end - position >= 64 {
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: HostTraces.blocksAtOnce) { found in
                while position < end {
                    // The last block overlaps the one before.
                    let start = min(position, end - 64)
                    let blocks = min((end - start) / 64, found.count)
                    find_host_traces(base + start, blocks, hosts.beforeDot, found.baseAddress)
                    found[0] &= ~0 << UInt64(position - start)
                    for block in 0..<blocks { look(at: found[block], from: start + block * 64) }
                    position = start + blocks * 64
                }
            }
        }
        while position < view.count {
            look(at: position)
            position &+= 1
        }
    }

    /// Looks at the bytes behind `start` whose bits are set.
    private mutating func look(at found: UInt64, from start: Int) {
        var found = found
        while found != 0 {
            look(at: start &+ found.trailingZeroBitCount)
            found &= found &- 1
        }
    }

    private mutating func look(at position: Int) {
        if view[position] == UInt8(ascii: ".") {
            if let literal = Mentions.literal(dot: position, in: view, hosts: hosts) {
                literals.append(literal)
            }
        } else if isDisguise(position) {
            if disguises.count < HostTraces.mostDisguises {
                disguises.append(position)
            } else {
                areTooMany = true
            }
        }
    }

    /// Whether the byte is a backslash, begins a telling reference, or stands before a host that is not written
    /// literally.
    private func isDisguise(_ position: Int) -> Bool {
        let byte = view[position]
        if byte == UInt8(ascii: "\\") { return true }
        if byte == UInt8(ascii: "&") { return TellingReferences.isTelling(at: position, in: view) }
        guard HostTraces.hostMayBegin(behind: position, of: view) else { return false }
        var end = position + 1
        while end < view.count, HostTraces.isHostByte(view[end]) { end += 1 }
        guard end < view.count else { return false }
        let first = view[end]
        return first < 0x20 || first >= 0x80 || first == UInt8(ascii: "%") || first == UInt8(ascii: "&")
    }

    @inline(__always)
    private static func hostMayBegin(behind position: Int, of view: Bytes) -> Bool {
        switch view[position] {
        case UInt8(ascii: "@"): return true
        case UInt8(ascii: ":"): return endsScheme(position, of: view)
        case UInt8(ascii: "/"):
            // Behind one slash in front of which no other and no colon stands, it is a path.
            guard position > 0 else { return false }
            let before = view[position - 1]
            return before == UInt8(ascii: "/") || before == UInt8(ascii: ":") || isRemoved(before)
                || before == UInt8(ascii: ";")
        default: return false
        }
    }

    /// Whether the colon may be that of `http:` or `https:`. `border-radius:50%` must not count.
    private static func endsScheme(_ colon: Int, of view: Bytes) -> Bool {
        var start = colon
        while start > 0, ASCII.isAlphanumeric(view[start - 1]) || view[start - 1] == UInt8(ascii: "-") {
            start -= 1
            if colon - start > 5 { return false }
        }
        let word = ByteRange(start, colon)
        if view.equals("http", in: word) || view.equals("https", in: word) { return true }
        // The rest of one that a tab, a line end or a reference divides.
        return start > 0 && (isRemoved(view[start - 1]) || view[start - 1] == UInt8(ascii: ";"))
            && (word.isEmpty || view[colon - 1] | 0x20 == UInt8(ascii: "p")
                || view[colon - 1] | 0x20 == UInt8(ascii: "s"))
    }

    /// What the URL parser removes.
    private static func isRemoved(_ byte: UInt8) -> Bool { byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
}
