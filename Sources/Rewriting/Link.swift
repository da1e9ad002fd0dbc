/// A link in a message as a plugin is shown it.
public struct Link: Sendable {
    /// The URL in UTF-8 as a browser would read it: entities, soft breaks and escapes resolved,
    /// leading and trailing white space, tabs and line ends removed.
    public var url: [UInt8]
    /// Where the components stand in `url`.
    public var components: URLComponents
    /// Where it was found, e.g. `a[href]`, `img[srcset]`, `text`, `header`.
    public var place: String
    /// The IMAP part number, or `header:List-Unsubscribe`.
    public var part: String
    /// Whether the host is one of the default tracking domains.
    public var isOnDefaultDomain: Bool

    init(url: [UInt8], components: URLComponents, place: String, part: String, isOnDefaultDomain: Bool) {
        self.url = url
        self.components = components
        self.place = place
        self.part = part
        self.isOnDefaultDomain = isOnDefaultDomain
    }

    /// A link of a part whose URL is still to be read.
    init(part: String) {
        let none = ByteRange(0, 0)
        self.init(
            url: [], components: URLComponents(scheme: none, host: none, port: none, rest: none), place: "",
            part: part, isOnDefaultDomain: true)
    }
}

/// The components of a URL as ranges in its bytes (terms of the WHATWG URL Standard, section 4.1).
public struct URLComponents: Sendable, Equatable {
    /// `http` or `https` without the colon; empty for a scheme-relative URL.
    public var scheme: ByteRange
    /// The host, with a trailing dot if it has one.
    public var host: ByteRange
    /// The port's digits; empty where none is given.
    public var port: ByteRange
    /// Everything behind host and port: path, query and fragment.
    public var rest: ByteRange
}

/// What is to become of a link.
public enum LinkDecision: Sendable, Equatable {
    /// It stays as it is, for the reason given (`no plugin`, `off for this sender`, `leave_paths`, …).
    case leave(reason: String)
    /// It becomes the answer (UTF-8, absolute, or scheme-relative where the link was); `plugin` decided so.
    case move(plugin: String)
}

/// Decides about links: the plugins, seen from the engine. Called on the thread that rewrites.
public protocol LinkDecider {
    /// What is to become of `link`.
    ///
    /// - Parameter answer: empty; receives the URL that the link becomes. It is the same memory for all links of a
    ///   part.
    func decide(_ link: Link, answer: inout [UInt8]) -> LinkDecision
}
