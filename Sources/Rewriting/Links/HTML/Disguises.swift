/// Whether a document could hold a default domain that does not stand in it literally. Most cannot: then only
/// the places matter where one does, and a document without any need not be read at all.
///
/// Why this is certain. Let no letter of a default domain be spelled otherwise by a character reference
/// (``TellingReferences``) and no backslash be anywhere, so that neither CSS nor JSON has escapes. Then every
/// text that is taken from the document holds a default domain only where the document does, literally. What is
/// left is a URL whose host *becomes* one by the URL parser: by percent-decoding, by IDNA (not ASCII), or since
/// tabs and line ends are removed. Take the first byte of such a host that is `%`, not ASCII, a control
/// character, or the `&` of a reference that stands for one of them. Between it and the place where the host
/// begins, behind `//`, `http:` or `@`, there are only bytes of host names. So it is enough to look backward
/// from each such byte.
enum Disguises {
    static func mayOccur(in view: Bytes) -> Bool {
        guard !view.isEmpty, let base = view.baseAddress else { return false }
        if isDisguise(0, of: view) { return true }
        var position = 1
        while position &+ 16 <= view.count {
            let place = UnsafeRawPointer(base + position)
            let bytes = place.loadUnaligned(as: SIMD16<UInt8>.self)
            let candidates = unsafeBitCast(candidates(bytes), to: SIMD2<UInt64>.self)
            if candidates[0] | candidates[1] == 0 {
                position &+= 16
                continue
            }
            let hits = unusual(bytes, behind: (place - 1).loadUnaligned(as: SIMD16<UInt8>.self))
            // A mask is 0 or -1 in each lane.
            let words = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
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
            position &+= 16
        }
        return (position..<max(position, view.count)).contains { isDisguise($0, of: view) }
    }

    /// Which of sixteen bytes could be, whatever stands before them: most sixteens have none.
    @inline(__always)
    private static func candidates(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        // `%` and `&` are neighbours.
        Bytes.areNotPrintable(bytes)
            .| (bytes &- SIMD16<UInt8>(repeating: 0x25) .< SIMD16<UInt8>(repeating: 2))
            .| (bytes .== SIMD16<UInt8>(repeating: 0x5C))
    }

    /// Which of sixteen bytes are worth a look: `&`, a backslash, and whatever else a host could be disguised with
    /// behind a byte that a host could hold or begin behind (or one that is near those in ASCII).
    @inline(__always)
    private static func unusual(
        _ bytes: SIMD16<UInt8>, behind previous: SIMD16<UInt8>
    ) -> SIMDMask<SIMD16<Int8>> {
        // Letters, `@`, `_`; `-`, `.`, `/`, digits, `:`. For the types see `areNotPrintable(_:)`.
        let isInHost =
            ((previous | SIMD16<UInt8>(repeating: 0x20)) &- SIMD16<UInt8>(repeating: 0x60)
                .< SIMD16<UInt8>(repeating: 0x20))
            .| (previous &- SIMD16<UInt8>(repeating: 0x2D) .< SIMD16<UInt8>(repeating: 0x0E))
        return isInHost
            .& (Bytes.areNotPrintable(bytes) .| (bytes .== SIMD16<UInt8>(repeating: 0x25)))
            .| (bytes .== SIMD16<UInt8>(repeating: 0x26))
            .| (bytes .== SIMD16<UInt8>(repeating: 0x5C))
    }

    /// Whether the byte at `position` could be part of a host that is not written literally.
    @inline(never)
    private static func isDisguise(_ position: Int, of view: Bytes) -> Bool {
        let byte = view[position]
        if byte == UInt8(ascii: "\\") { return true }
        if byte == UInt8(ascii: "&") {
            return TellingReferences.isTelling(at: position, in: view) || isInHost(position, of: view)
        }
        guard byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "%") else { return false }
        // A run needs to be looked at from its first byte only.
        if position > 0,
            isRemoved(view[position - 1]) && byte <= 0x20 || byte >= 0x80 && view[position - 1] >= 0x80
        {
            return false
        }
        return isInHost(position, of: view)
    }

    /// Whether a host could have begun before `position` with nothing but bytes of host names in between.
    @inline(__always)
    private static func isInHost(_ position: Int, of view: Bytes) -> Bool {
        var start = position
        while start > 0, isHostByte(view[start - 1]) { start -= 1 }
        guard start > 0 else { return false }
        switch view[start - 1] {
        case UInt8(ascii: "@"): return true
        case UInt8(ascii: ":"): return endsScheme(start - 1, of: view)
        case UInt8(ascii: "/"):
            // Behind one slash in front of which no other and no colon stands, it is a path.
            guard start > 1 else { return false }
            let before = view[start - 2]
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
