/// Reads URLs as nearly all are that concern us: absolute, in ASCII, on a default domain that is spelled as it is
/// serialised, with no reference in them but `&amp;`.
///
/// What such a URL says is plain from the text that it stands in, at a fraction of what ``CharacterReferences`` and
/// ``WebURL`` cost.
enum PlainLink {
    /// Reads what stands in `range` into `link`: its URL and components.
    ///
    /// - Parameter hasReferences: an attribute value, in which `&amp;` is `&`.
    /// - Returns: false where there is more to it.
    static func read(
        _ range: ByteRange, of view: Bytes, hasReferences: Bool, hosts: DefaultHosts, into link: inout Link
    ) -> Bool {
        let value = Bytes(rebasing: view[range.start..<range.end])
        guard let first = value.first, let last = value.last, first > 0x20, last > 0x20, value.isPlain else {
            return false
        }
        let scheme: Int
        if value.hasPrefix("https://", at: 0) {
            scheme = 5
        } else if value.hasPrefix("http://", at: 0) {
            scheme = 4
        } else {
            return false
        }
        let start = scheme + 3
        guard let end = hosts.end(ofHostAt: start, in: value), end == value.count || endsHost(value[end])
        else { return false }
        link.url.removeAll(keepingCapacity: true)
        link.url.append(contentsOf: value)
        if hasReferences, !resolve(&link.url, from: end) { return false }
        link.components = URLComponents(
            scheme: ByteRange(0, scheme), host: ByteRange(start, end), port: ByteRange(end, end),
            rest: ByteRange(end, link.url.count))
        return true
    }

    private static func endsHost(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// Makes each `&amp;` an `&`.
    ///
    /// - Returns: false where another `&` stands.
    private static func resolve(_ url: inout [UInt8], from start: Int) -> Bool {
        let kept: Int? = url.withUnsafeMutableBufferPointer { text in
            let bytes = Bytes(text)
            guard let base = text.baseAddress else { return nil }
            var read = start
            var written = start
            while let ampersand = bytes.firstIndex(of: UInt8(ascii: "&"), from: read, to: bytes.count) {
                guard ampersand + 5 <= bytes.count, bytes[ampersand + 1] == UInt8(ascii: "a"),
                    bytes[ampersand + 2] == UInt8(ascii: "m"), bytes[ampersand + 3] == UInt8(ascii: "p"),
                    bytes[ampersand + 4] == UInt8(ascii: ";")
                else { return nil }
                let count = ampersand + 1 - read
                if written < read { (base + written).update(from: base + read, count: count) }
                written += count
                read = ampersand + 5
            }
            if written == read { return bytes.count }
            (base + written).update(from: base + read, count: bytes.count - read)
            return written + bytes.count - read
        }
        guard let kept else { return false }
        url.removeLast(url.count - kept)
        return true
    }
}
