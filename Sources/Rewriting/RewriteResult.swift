/// A stretch of bytes and what stands there instead.
public struct Edit: Sendable, Equatable {
    /// The bytes that go.
    public var range: ByteRange
    /// The bytes that come.
    public var replacement: [UInt8]

    /// Puts `replacement` in the place of `range`.
    public init(_ range: ByteRange, _ replacement: [UInt8]) {
        self.range = range
        self.replacement = replacement
    }
}

/// A header field's new value.
public struct HeaderEdit: Sendable, Equatable {
    /// Which of the message's fields, from 0.
    public var fieldIndex: Int
    /// The whole new value, in the form of ``HeaderField/value``.
    public var value: [UInt8]
}

/// A link that moved.
public struct RewrittenLink: Sendable, Equatable {
    /// The IMAP part number or `header:…`.
    public var part: String
    /// Where in the part, e.g. `a[href]`.
    public var place: String
    /// The plugin that decided.
    public var plugin: String
    /// The URL as it was, decoded.
    public var before: String { String(decoding: old, as: UTF8.self) }
    /// The URL as it is now, decoded.
    public var after: String { String(decoding: new, as: UTF8.self) }

    /// Both in UTF-8: most of them nobody reads.
    let old: [UInt8]
    let new: [UInt8]
}

extension RewrittenLink: Encodable {
    private enum CodingKeys: CodingKey {
        case part, place, plugin, before, after
    }

    /// Writes every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(part, forKey: .part)
        try container.encode(place, forKey: .place)
        try container.encode(plugin, forKey: .plugin)
        try container.encode(before, forKey: .before)
        try container.encode(after, forKey: .after)
    }
}

/// A place where a default domain still stands.
public struct LeftLink: Sendable, Equatable, Encodable {
    /// The IMAP part number, `header:…`, `preamble:…` or `epilogue:…`.
    public var part: String
    /// Where in the part, e.g. `comment`, `img[alt]`, `text`.
    public var place: String
    /// What stands there, decoded.
    public var url: String
    /// Why it was left.
    public var reason: String

    /// A link that was left.
    public init(part: String, place: String, url: String, reason: String) {
        self.part = part
        self.place = place
        self.url = url
        self.reason = reason
    }
}

/// All that is to be done to a message, computed before any of it is done.
public struct RewriteResult: Sendable {
    /// Header fields with a new value, in the order of the fields.
    public var headerEdits: [HeaderEdit] = []
    /// Edits of the body, disjoint and ascending.
    public var bodyEdits: [Edit] = []
    /// The links that move.
    public var rewritten: [RewrittenLink] = []
    /// The places where a default domain stays.
    public var left: [LeftLink] = []
    /// Why the message is not touched at all, where that has one reason.
    public var unchangedBecause: String?

    /// Nothing to do.
    public init() {}
}
