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
        var position = 0
        while let found = view.firstUnusual(from: position) {
            position = found + 1
            let byte = view[found]
            if byte == UInt8(ascii: "\\") { return true }
            if byte == UInt8(ascii: "&"), TellingReferences.isTelling(at: found, in: view) { return true }
            // A run needs to be looked at from its first byte only.
            if found > 0,
                isRemoved(view[found - 1]) && byte <= 0x20 || byte >= 0x80 && view[found - 1] >= 0x80
            {
                continue
            }
            if isInHost(found, of: view) { return true }
        }
        return false
    }

    /// Whether a host could have begun before `position` with nothing but bytes of host names in between.
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
