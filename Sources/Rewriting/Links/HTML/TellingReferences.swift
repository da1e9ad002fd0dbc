/// Character references that stand for a character which HTML would not need to escape, but which a host
/// or the start of a URL is made of: `&#116;`, `&period;`, `&sol;`.
enum TellingReferences {
    static func occur(in view: Bytes) -> Bool {
        let end = view.count
        for name in ["&period;", "&sol;", "&colon;"] as [StaticString]
        where view.firstIndex(of: name, from: 0, to: end) != nil {
            return true
        }
        var search = 0
        while let found = view.firstIndex(of: "&#", from: search, to: end) {
            let reference = CharacterReferences.reading(
                ByteRange(found, min(end, found + 32)), of: view, inAttribute: false)
            if let reference, reference.characters.count == 1, isTelling(reference.characters[0]) {
                return true
            }
            search = reference?.end ?? found + 2
        }
        return false
    }

    private static func isTelling(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\\")
    }
}
