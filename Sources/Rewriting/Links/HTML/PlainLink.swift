/// A URL as nearly all are that concern us: absolute, in ASCII, on a default domain that is spelled as it is serialised,
/// and with no reference in it but `&amp;`.
///
/// What such a URL says is plain from its markup, at a fraction of what ``CharacterReferences`` and ``WebURL`` cost.
struct PlainLink {
    /// With its references resolved.
    let url: [UInt8]
    /// Ranges in `url`. Up to the host's end they stand so in the markup, too.
    let components: URLComponents

    /// Reads the attribute value in `range`.
    ///
    /// - Returns: nil where there is more to it.
    init?(_ range: ByteRange, of view: Bytes, hosts: DefaultHosts) {
        let value = Bytes(rebasing: view[range.start..<range.end])
        guard let first = value.first, let last = value.last, first > 0x20, last > 0x20, value.isPlain else {
            return nil
        }
        let scheme: Int
        if value.hasPrefix("https://", at: 0) {
            scheme = 5
        } else if value.hasPrefix("http://", at: 0) {
            scheme = 4
        } else {
            return nil
        }
        var end = scheme + 3
        while end < value.count, HostParser.isCanonical(value[end]) { end += 1 }
        let host = ByteRange(scheme + 3, end)
        guard end == value.count || PlainLink.endsHost(value[end]),
            hosts.contains(Bytes(rebasing: value[host.start..<host.end])),
            let url = PlainLink.resolved(value)
        else { return nil }
        self.url = url
        components = URLComponents(
            scheme: ByteRange(0, scheme), host: host, port: ByteRange(end, end),
            rest: ByteRange(end, url.count))
    }

    private static func endsHost(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// A copy in which each `&amp;` is `&`, nil where another `&` stands.
    private static func resolved(_ value: Bytes) -> [UInt8]? {
        var url: [UInt8] = []
        url.reserveCapacity(value.count)
        var position = 0
        while let ampersand = value.firstIndex(of: UInt8(ascii: "&"), from: position, to: value.count) {
            guard value.hasPrefix("&amp;", at: ampersand), value[ampersand + 1] == UInt8(ascii: "a"),
                value[ampersand + 2] == UInt8(ascii: "m"), value[ampersand + 3] == UInt8(ascii: "p")
            else { return nil }
            url.append(contentsOf: Bytes(rebasing: value[position...ampersand]))
            position = ampersand + 5
        }
        url.append(contentsOf: Bytes(rebasing: value[position...]))
        return url
    }
}
