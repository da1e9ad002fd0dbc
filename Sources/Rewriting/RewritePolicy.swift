import DomainNames

/// What of a message may be rewritten: the `rewrite` block of the configuration and its neighbours.
public struct RewritePolicy: Sendable {
    /// The hosts that tracking links carry today.
    public var defaultDomains: [DomainPattern]
    /// Rewrite `text/html` parts.
    public var html = true
    /// Rewrite `text/plain` parts.
    public var text = true
    /// Rewrite `text/x-amp-html` parts.
    public var amp = true
    /// Rewrite URLs that stand in the visible text of HTML.
    public var visibleText = true
    /// The header fields whose links are rewritten, in lower case.
    public var headers: Set<String> = [
        "list-unsubscribe", "list-help", "list-subscribe", "list-owner", "list-archive", "list-post",
    ]
    /// Rewrite mail that already carries a DKIM-Signature or an ARC-Seal.
    public var rewritesSignedMail = false
    /// Show the decider links on any host, not on the default domains alone.
    public var showsAllLinks = false

    /// The contract's defaults for these domains.
    public init(defaultDomains: [DomainPattern]) {
        self.defaultDomains = defaultDomains
    }
}
