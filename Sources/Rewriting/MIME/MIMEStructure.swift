/// Why everything in a part is left alone.
enum Protection: Equatable {
    /// multipart/signed (RFC 1847), application/pkcs7-mime, inline PGP.
    case signed
    /// multipart/encrypted (RFC 1847).
    case encrypted
    /// message/rfc822: somebody else's mail.
    case embeddedMessage
    /// Content-Disposition: attachment.
    case attachment
    /// Beyond ``MIMELimits``.
    case beyondLimits
}

/// What of a hostile message's structure is read. Beyond, nothing is rewritten.
enum MIMELimits {
    /// How deep multiparts nest.
    static let nesting = 100
    /// How many parts a message has.
    static let parts = 10_000
}

/// A body that is not a multipart, by its place in the message.
struct MIMELeaf {
    /// The IMAP part number (RFC 3501 section 6.4.5).
    var number: String
    var header: EntityHeader
    /// Where its own header section stands in the body; empty for the message's own.
    var headerRange: ByteRange
    /// Its content, without the line end that belongs to the boundary delimiter (RFC 2046 section 5.1.1).
    var content: ByteRange
    /// Index into ``MIMEStructure/protected`` where the leaf must not be touched.
    var protection: Int?
}

/// A part, possibly with parts inside, that is left alone as a whole.
struct ProtectedPart {
    /// The IMAP part number; `0` for a multipart that is the whole message.
    var number: String
    var protection: Protection
}

/// Text in a multipart that belongs to no part: before the first delimiter, or after the last.
struct MIMEGap {
    /// `preamble:1.2` or `epilogue:1.2`; `0` stands for the message's own multipart.
    var name: String
    var range: ByteRange
    var protection: Int?
}

/// The own header section, inside the body, of a part that has parts: a multipart or an embedded message.
struct ContainerHeader {
    var number: String
    var range: ByteRange
    var protection: Int?
}

/// A message's body as byte ranges.
struct MIMEStructure {
    var leaves: [MIMELeaf] = []
    var protected: [ProtectedPart] = []
    var gaps: [MIMEGap] = []
    var containerHeaders: [ContainerHeader] = []
}
