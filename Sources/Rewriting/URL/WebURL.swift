/// An `http`, `https` or scheme-relative URL as the WHATWG URL Standard's basic URL parser reads it
/// without a base (section 4.4), with the place of each component in the text it was read from.
///
/// Not copyable: one is made for each link, and copies of it would be most of what a link costs.
struct WebURL: ~Copyable {
    /// The URL without surrounding white space and without the tabs and line ends that the parser removes.
    let text: [UInt8]
    /// Where each byte of `text` stands in the source, where the parser removed some from between them; one more
    /// entry for the end.
    private let sources: [Int]
    /// Where `text` begins in the source.
    private let start: Int
    /// Ranges in `text`.
    let components: URLComponents
    /// A user or password that is not empty.
    let hasCredentials: Bool
    /// Whether the standard accepts host and port.
    let isValid: Bool
    /// The host as the standard would serialise it, where the text spells it otherwise.
    private let serialisedHost: [UInt8]?

    /// Reads the URL that `source` is.
    ///
    /// - Returns: nil where it is not a URL of these schemes: another scheme, or a path alone.
    init?(_ source: [UInt8]) {
        // "Remove any leading and trailing C0 control or space", then "all ASCII tab or newline".
        guard let first = source.firstIndex(where: { $0 > 0x20 }),
            let last = source.lastIndex(where: { $0 > 0x20 })
        else { return nil }
        var text = source
        var sources: [Int] = []
        let isPlain = source.withUnsafeBufferPointer(\.isPlain)
        if !isPlain, source[first...last].contains(where: WebURL.isTabOrNewline) {
            text = []
            text.reserveCapacity(last - first + 1)
            sources.reserveCapacity(last - first + 2)
            for index in first...last where !WebURL.isTabOrNewline(source[index]) {
                text.append(source[index])
                sources.append(index)
            }
            sources.append(last + 1)
        } else if first > 0 || last < source.count - 1 {
            text = Array(source[first...last])
        }
        guard let parsed = text.withUnsafeBufferPointer(WebURL.parse) else { return nil }
        self.text = text
        self.sources = sources
        start = first
        (components, hasCredentials, isValid, serialisedHost) = parsed
    }

    /// The host as the standard would serialise it; nil where it rejects the URL.
    var host: [UInt8]? {
        guard isValid else { return nil }
        return serialisedHost ?? Array(text[components.host.start..<components.host.end])
    }

    /// Whether the host, without the one trailing dot that a fully qualified name may have, is one of `hosts`.
    func isOn(_ hosts: DefaultHosts) -> Bool {
        guard isValid else { return false }
        func isOne(_ host: Bytes) -> Bool {
            let isFullyQualified = host.last == UInt8(ascii: ".")
            return hosts.contains(isFullyQualified ? Bytes(rebasing: host.dropLast()) : host)
        }
        if let serialisedHost { return serialisedHost.withUnsafeBufferPointer(isOne) }
        return text.withUnsafeBufferPointer {
            isOne(Bytes(rebasing: $0[components.host.start..<components.host.end]))
        }
    }

    /// What of a URL is kept.
    private typealias Parsed = (
        URLComponents, hasCredentials: Bool, isValid: Bool, serialisedHost: [UInt8]?
    )

    private static func parse(_ text: Bytes) -> Parsed? {
        guard let scheme = WebURL.scheme(of: text) else { return nil }
        let end = text.count
        var position = scheme.end
        if !scheme.isEmpty { position += 1 }
        let slashes = position
        // "Special authority (ignore) slashes state": any number of slashes of either kind.
        while position < end, WebURL.isSlash(text[position]) { position += 1 }
        if scheme.isEmpty, position - slashes < 2 { return nil }

        let authority = position
        var hostStart = position
        var colon = -1
        /// The first byte of the host or port that a host in its serialised form does not have.
        var odd = end
        while position < end {
            let byte = text[position]
            if !HostParser.isCanonical(byte) {
                if WebURL.endsAuthority(byte) { break }
                odd = min(odd, position)
                if byte == UInt8(ascii: ":") { colon = position }
                if byte == UInt8(ascii: "]") { colon = -1 }
                if byte == UInt8(ascii: "@") { (hostStart, colon, odd) = (position + 1, -1, end) }
            }
            position += 1
        }
        var hostEnd = position
        var port = ByteRange(position, position)
        var isValid = true
        if colon >= 0 {
            hostEnd = colon
            port = ByteRange(colon + 1, position)
            isValid = WebURL.isPort(text[port.start..<port.end])
        }
        // Neither a user nor a password: `https://@host`, `https://:@host`.
        let userinfo = text[authority..<hostStart].dropLast()
        let hasCredentials = !userinfo.isEmpty && !userinfo.elementsEqual(":".utf8)
        let components = URLComponents(
            scheme: scheme, host: ByteRange(hostStart, hostEnd), port: port, rest: ByteRange(position, end))
        if !isValid || hostStart < hostEnd && hostEnd <= odd {
            return (components, hasCredentials, isValid, nil)
        }
        let host = HostParser.domainToASCII(text[hostStart..<hostEnd])
        return (components, hasCredentials, host != nil, host)
    }

    /// Where the bytes of `range` stand in the source, what the parser removed between them included.
    func sourceRange(of range: ByteRange) -> ByteRange {
        if sources.isEmpty { return ByteRange(start + range.start, start + range.end) }
        if range.isEmpty { return ByteRange(sources[range.start], sources[range.start]) }
        return ByteRange(sources[range.start], sources[range.end - 1] + 1)
    }

    /// `http` or `https` at the start, an empty range where there is no scheme, nil for another scheme.
    private static func scheme(of text: Bytes) -> ByteRange? {
        if let first = text.first, isSlash(first) { return ByteRange(0, 0) }
        if text.hasPrefix("https:", at: 0) { return ByteRange(0, 5) }
        if text.hasPrefix("http:", at: 0) { return ByteRange(0, 4) }
        return nil
    }

    private static func isPort(_ digits: Slice<Bytes>) -> Bool {
        var port = 0
        for digit in digits {
            guard ASCII.isDigit(digit) else { return false }
            port = port * 10 + Int(digit - 0x30)
            if port > 65535 { return false }
        }
        return true
    }

    private static func isTabOrNewline(_ byte: UInt8) -> Bool {
        byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isSlash(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        isSlash(byte) || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}
