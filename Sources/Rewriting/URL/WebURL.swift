/// An `http`, `https` or scheme-relative URL as the WHATWG URL Standard's basic URL parser reads it
/// without a base (section 4.4), with the place of each component in the text it was read from.
struct WebURL {
    /// The URL without surrounding white space and without the tabs and line ends that the parser removes.
    var text: [UInt8]
    /// Where each byte of `text` stands in the source, where the parser removed some from between them; one more
    /// entry for the end.
    private var sources: [Int] = []
    /// Where `text` begins in the source.
    private let start: Int
    /// Ranges in `text`.
    var components: URLComponents
    /// A user or password that is not empty.
    var hasCredentials: Bool
    /// The host as the standard would serialise it; nil where it rejects the URL.
    var host: [UInt8]?

    /// Reads the URL that `source` is.
    ///
    /// - Returns: nil where it is not a URL of these schemes: another scheme, or a path alone.
    init?(_ source: [UInt8]) {
        // "Remove any leading and trailing C0 control or space", then "all ASCII tab or newline".
        guard let first = source.firstIndex(where: { $0 > 0x20 }),
            let last = source.lastIndex(where: { $0 > 0x20 })
        else { return nil }
        start = first
        if source[first...last].contains(where: WebURL.isTabOrNewline) {
            text = []
            text.reserveCapacity(last - first + 1)
            sources.reserveCapacity(last - first + 2)
            for index in first...last where !WebURL.isTabOrNewline(source[index]) {
                text.append(source[index])
                sources.append(index)
            }
            sources.append(last + 1)
        } else {
            text = first == 0 && last == source.count - 1 ? source : Array(source[first...last])
        }
        let parsed = text.withUnsafeBufferPointer(WebURL.parse)
        guard let parsed else { return nil }
        (components, hasCredentials, host) = parsed
    }

    /// The authority of the text, user and password, and the canonical host.
    private static func parse(_ text: Bytes) -> (URLComponents, hasCredentials: Bool, host: [UInt8]?)? {
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
        while position < end, !WebURL.endsAuthority(text[position]) {
            if text[position] == UInt8(ascii: "@") { hostStart = position + 1 }
            position += 1
        }
        var hostEnd = position
        var port = ByteRange(position, position)
        var isValid = true
        if let colon = text[hostStart..<position].lastIndex(of: UInt8(ascii: ":")),
            !text[colon..<position].contains(UInt8(ascii: "]"))
        {
            hostEnd = colon
            port = ByteRange(colon + 1, position)
            isValid = WebURL.isPort(text[port.start..<port.end])
        }
        // Neither a user nor a password: `https://@host`, `https://:@host`.
        let userinfo = text[authority..<hostStart].dropLast()
        let hasCredentials = !userinfo.isEmpty && !userinfo.elementsEqual(":".utf8)
        let components = URLComponents(
            scheme: scheme, host: ByteRange(hostStart, hostEnd), port: port, rest: ByteRange(position, end))
        let host = isValid ? HostParser.domainToASCII(text[hostStart..<hostEnd]) : nil
        return (components, hasCredentials, host)
    }

    /// Where the bytes of `range` stand in the source, what the parser removed between them included.
    func sourceRange(of range: ByteRange) -> ByteRange {
        if sources.isEmpty { return ByteRange(start + range.start, start + range.end) }
        if range.isEmpty { return ByteRange(sources[range.start], sources[range.start]) }
        return ByteRange(sources[range.start], sources[range.end - 1] + 1)
    }

    /// The host without the one trailing dot that a fully qualified name may have.
    var hostWithoutTrailingDot: [UInt8]? {
        guard var host else { return nil }
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        return host
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
