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
        var position = 1
        while position &+ 17 <= view.count {
            let place = UnsafeRawPointer(base + position)
            let bytes = place.loadUnaligned(as: SIMD16<UInt8>.self)
            let previous = (place - 1).loadUnaligned(as: SIMD16<UInt8>.self)
            let dots = (bytes .== SIMD16<UInt8>(repeating: 0x2E)) .& hosts.mayPrecedeDot(previous)
            let next = (place + 1).loadUnaligned(as: SIMD16<UInt8>.self)
            var bits = (dots .| HostTraces.mayTell(bytes, behind: previous, before: next)).bits
            while bits != 0 {
                look(at: position &+ bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
            position &+= 16
        }
        while position < view.count {
            look(at: position)
            position &+= 1
        }
    }

    /// Which of sixteen bytes are worth a look: backslashes; `&`, but for `&a` and `&n`, with which no telling
    /// reference begins and nearly all others do; and, unless a slash comes next, `@`, `/` and `:` behind what they
    /// follow in a URL. For the types see `areNotPrintable(_:)`.
    @inline(__always)
    private static func mayTell(
        _ bytes: SIMD16<UInt8>, behind previous: SIMD16<UInt8>, before next: SIMD16<UInt8>
    ) -> SIMDMask<SIMD16<Int8>> {
        // TAB to CR, `:` and `;`.
        let isDivider =
            (previous &- SIMD16<UInt8>(repeating: 0x09) .< SIMD16<UInt8>(repeating: 5))
            .| (previous &- SIMD16<UInt8>(repeating: 0x3A) .< SIMD16<UInt8>(repeating: 2))
        let lowercase = previous | SIMD16<UInt8>(repeating: 0x20)
        let endsScheme =
            (lowercase .== SIMD16<UInt8>(repeating: 0x70)) .| (lowercase .== SIMD16<UInt8>(repeating: 0x73))
        let isSlash =
            (bytes .== SIMD16<UInt8>(repeating: 0x2F))
            .& (isDivider .| (previous .== SIMD16<UInt8>(repeating: 0x2F)))
        let isColon = (bytes .== SIMD16<UInt8>(repeating: 0x3A)) .& (isDivider .| endsScheme)
        let isBeginning =
            (isSlash .| isColon .| (bytes .== SIMD16<UInt8>(repeating: 0x40)))
            .& (next .!= SIMD16<UInt8>(repeating: 0x2F))
        let isCommon = (next .== SIMD16<UInt8>(repeating: 0x61)) .| (next .== SIMD16<UInt8>(repeating: 0x6E))
        let isReference = (bytes .== SIMD16<UInt8>(repeating: 0x26)) .& .!isCommon
        return isBeginning .| isReference .| (bytes .== SIMD16<UInt8>(repeating: 0x5C))
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
