/// Character references that stand for a character which HTML would not need to escape, but which a host
/// or the start of a URL is made of: `&#116;`, `&period;`, `&sol;`.
enum TellingReferences {
    /// Whether such a reference begins at the ampersand at `start`.
    static func isTelling(at start: Int, in view: Bytes) -> Bool {
        guard start + 1 < view.count else { return false }
        switch view[start + 1] {
        case UInt8(ascii: "#"):
            let range = ByteRange(start, min(view.count, start + 32))
            guard let code = CharacterReferences.number(range, of: view)?.code else { return false }
            return UInt8(exactly: code).map(isTelling) ?? false
        // The only other names of such characters; HTML knows them with a semicolon alone.
        case UInt8(ascii: "p"): return stands("&period;", at: start, in: view)
        case UInt8(ascii: "s"): return stands("&sol;", at: start, in: view)
        case UInt8(ascii: "c"):
            return stands("&colon;", at: start, in: view) || stands("&commat;", at: start, in: view)
        case UInt8(ascii: "b"): return stands("&bsol;", at: start, in: view)
        case UInt8(ascii: "f"): return stands("&fjlig;", at: start, in: view)
        default: return false
        }
    }

    private static func stands(_ name: StaticString, at start: Int, in view: Bytes) -> Bool {
        // Names are read with their case; one that differs in it alone is none, and does no harm here.
        view.hasPrefix(name, at: start)
    }

    private static func isTelling(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@")
            || byte == UInt8(ascii: "\\")
    }
}
