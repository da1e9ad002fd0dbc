import CSignpostPlugin

/// A link in a message. It is borrowed for a call; the compiler sees to it that none is kept.
///
/// Text is made when it is asked for; ``matches(_:)-(PathPattern)`` and ``moved(to:)`` make none.
public struct Link: ~Copyable {
    let abi: UnsafePointer<signpost_link>

    init(_ abi: UnsafePointer<signpost_link>) { self.abi = abi }

    /// The URL as a browser would read it.
    public var url: String { String(abi.pointee.url) }
    /// The URL in UTF-8.
    public var utf8: [UInt8] { Array(bytes(0..<abi.pointee.url.length)) }
    /// `http` or `https` as written, empty for a scheme-relative URL.
    public var scheme: String { text(abi.pointee.scheme) }
    /// The host as written.
    public var host: String { text(abi.pointee.host) }
    /// The port, nil where none is given.
    public var port: Int? { Int(text(abi.pointee.port)) }
    /// Path, query and fragment.
    public var rest: String { text(abi.pointee.rest) }
    /// Where it was found, e.g. `a[href]`, `img[srcset]`, `text`, `header`.
    public var place: String { String(abi.pointee.place) }
    /// The IMAP part number, or `header:` and the field's name.
    public var part: String { String(abi.pointee.part) }
    /// The name of the header field that it stands in, nil where it is in the body.
    public var header: String? { abi.pointee.header.bytes == nil ? nil : String(abi.pointee.header) }
    /// Whether the host is a default tracking domain. Always so unless the plugin wants all links.
    public var isOnDefaultDomain: Bool { abi.pointee.on_default_domain != 0 }

    /// Whether path and query match a pattern.
    public func matches(_ pattern: PathPattern) -> Bool {
        pattern.utf8.withUnsafeBytes {
            signpost_path_matches(abi, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) != 0
        }
    }

    /// Whether path and query match one of these patterns.
    public func matches(_ patterns: [PathPattern]) -> Bool {
        for pattern in patterns where matches(pattern) { return true }
        return false
    }

    /// The URL on the sender's tracking domain, by its scheme policy. The path, the query and the
    /// fragment stay as they are, byte for byte; so does the spelling of the rest.
    public func moved(to sender: borrowing Sender) -> [UInt8] {
        var url: [UInt8] = []
        url.reserveCapacity(abi.pointee.url.length + sender.abi.pointee.tracking_domain.length + 8)
        withUnsafeMutablePointer(to: &url) {
            // The rule itself is in the header, so that there is one for Swift and C.
            var sink = signpost_sink(size: MemoryLayout<signpost_sink>.size, host: $0, write: appendToArray)
            _ = signpost_move(abi, sender.abi, &sink)
        }
        return url
    }

    private func text(_ range: signpost_range) -> String {
        String(decoding: bytes(range.begin..<range.end), as: UTF8.self)
    }

    private func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(start: abi.pointee.url.bytes, count: abi.pointee.url.length)[
                range])
    }
}

/// Whose message it is. Borrowed for a call, as a ``Link`` is.
public struct Sender: ~Copyable {
    let abi: UnsafePointer<signpost_sender>

    init(_ abi: UnsafePointer<signpost_sender>) { self.abi = abi }

    /// What becomes of a moved link's scheme.
    public enum SchemePolicy: Sendable {
        /// It stays as it is.
        case keep
        /// It becomes `https`.
        case https
        /// It becomes `http`.
        case http
    }

    /// The sender's id: the name of its file.
    public var id: String { String(abi.pointee.id) }
    /// The domain for this plugin's links, in A-labels.
    public var trackingDomain: String { String(abi.pointee.tracking_domain) }
    /// The port to use, nil where none is configured.
    public var port: UInt16? { abi.pointee.port == 0 ? nil : abi.pointee.port }
    /// The scheme policy for this plugin's links.
    public var scheme: SchemePolicy {
        switch Int(abi.pointee.scheme) {
        case SIGNPOST_SCHEME_HTTPS: .https
        case SIGNPOST_SCHEME_HTTP: .http
        default: .keep
        }
    }
}

private func appendToArray(
    _ sink: UnsafePointer<signpost_sink>?, _ bytes: UnsafePointer<CChar>?, _ length: Int
) -> CInt {
    sink?.pointee.host?.assumingMemoryBound(to: [UInt8].self).pointee
        .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: length))
    return 0
}

extension String {
    init(_ string: signpost_string) {
        self.init(
            decoding: UnsafeRawBufferPointer(start: string.bytes, count: string.length), as: UTF8.self)
    }
}
