/// A link as the plugins are shown it: the URL, where its components stand, where it was found. Borrowed by whoever
/// looks at it, since a copy would cost more than the look.
public struct PluginLink: ~Copyable, Sendable {
    /// The URL in UTF-8 as a browser would read it.
    public var url: [UInt8]
    /// `http` or `https` without the colon; empty for a scheme-relative URL.
    public var scheme: Range<Int>
    /// The host as written.
    public var host: Range<Int>
    /// The port's digits; empty where none is given.
    public var port: Range<Int>
    /// Everything behind host and port: path, query and fragment.
    public var rest: Range<Int>
    /// Where it was found, e.g. `a[href]`, `text`, `header`.
    public var place: String
    /// The IMAP part number, or `header:` and the field's name; plugins get that name on its own as well.
    public var part: String
    /// Whether the host is one of the default tracking domains.
    public var isOnDefaultDomain: Bool

    /// A link. The ranges stand in `url` in the order of the parameters and do not overlap.
    public init(
        url: [UInt8], scheme: Range<Int>, host: Range<Int>, port: Range<Int>, rest: Range<Int>,
        place: String, part: String, isOnDefaultDomain: Bool
    ) {
        self.url = url
        self.scheme = scheme
        self.host = host
        self.port = port
        self.rest = rest
        self.place = place
        self.part = part
        self.isOnDefaultDomain = isOnDefaultDomain
    }
}

/// What the plugins say of a link.
public enum PluginVerdict: Sendable, Equatable {
    /// It stays as it is: `leave_paths`, `no plugin`, `click-tracking is off for this sender`, `domain not verified`,
    /// `unsafe answer from …`, or a plugin's own reason.
    case leave(reason: String)
    /// It becomes the answer, which has passed the checks of ``AnswerCheck``; `plugin` decided so.
    case move(plugin: String)
}
