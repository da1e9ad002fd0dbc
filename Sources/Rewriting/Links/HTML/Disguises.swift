/// Whether a document could hold a default domain that does not stand in it literally. Most cannot: then only
/// the places matter where one does, and a document without any need not be read at all.
///
/// Why this is certain. Let no letter of a default domain be spelled otherwise by a character reference
/// (``TellingReferences``) and no backslash be anywhere, so that neither CSS nor JSON has escapes. Then every
/// text that is taken from the document holds a default domain only where the document does, literally. What is
/// left is a URL whose host *becomes* one by the URL parser: by percent-decoding, by IDNA (not ASCII), or since
/// tabs and line ends are removed. Take the first byte of such a host that is `%`, not ASCII, a control
/// character, or the `&` of a reference that stands for one of them. Between it and the place where the host
/// begins, behind `//`, `http:` or `@`, there are only bytes of host names. So it is enough to look from each such
/// place to the first byte that no host name has.
enum Disguises {
    static func mayOccur(in view: Bytes) -> Bool {
        guard let base = view.baseAddress, !view.isEmpty else { return false }
        if view.firstIndex(of: UInt8(ascii: "\\"), from: 0, to: view.count) != nil || isDisguise(0, of: view)
        {
            return true
        }
        var position = 1
        while position &+ 16 <= view.count {
            let place = UnsafeRawPointer(base + position)
            let hits = beginnings(
                place.loadUnaligned(as: SIMD16<UInt8>.self),
                behind: (place - 1).loadUnaligned(as: SIMD16<UInt8>.self))
            // A mask is 0 or -1 in each lane.
            let words = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
            if words[0] | words[1] != 0 {
                var low = words[0].littleEndian & 0x8080_8080_8080_8080
                var high = words[1].littleEndian & 0x8080_8080_8080_8080
                while low != 0 {
                    if isDisguise(position &+ low.trailingZeroBitCount &>> 3, of: view) { return true }
                    low &= low &- 1
                }
                while high != 0 {
                    if isDisguise(position &+ 8 &+ high.trailingZeroBitCount &>> 3, of: view) { return true }
                    high &= high &- 1
                }
            }
            position &+= 16
        }
        return (position..<max(position, view.count)).contains { isDisguise($0, of: view) }
    }

    /// Which of sixteen bytes are worth a look: `@`; `/` and `:` behind what they follow in a URL; what follows a
    /// `&` but for `a` and `n`, with which no telling reference begins and nearly all others do.
    @inline(__always)
    private static func beginnings(
        _ bytes: SIMD16<UInt8>, behind previous: SIMD16<UInt8>
    ) -> SIMDMask<SIMD16<Int8>> {
        // TAB to CR, `:` and `;`. For the types see `areNotPrintable(_:)`.
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
        let isCommon =
            (bytes .== SIMD16<UInt8>(repeating: 0x61)) .| (bytes .== SIMD16<UInt8>(repeating: 0x6E))
        let isReference = (previous .== SIMD16<UInt8>(repeating: 0x26)) .& .!isCommon
        return isSlash .| isColon .| isReference .| (bytes .== SIMD16<UInt8>(repeating: 0x40))
    }

    /// Whether a telling reference's name begins at `position`, or a host that is not written literally behind it.
    @inline(never)
    private static func isDisguise(_ position: Int, of view: Bytes) -> Bool {
        if position > 0, view[position - 1] == UInt8(ascii: "&"),
            TellingReferences.isTelling(at: position - 1, in: view)
        {
            return true
        }
        guard hostMayBegin(behind: position, of: view) else { return false }
        var end = position + 1
        while end < view.count, isHostByte(view[end]) { end += 1 }
        guard end < view.count else { return false }
        let byte = view[end]
        return byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&")
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
