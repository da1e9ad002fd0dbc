/// Why a default domain stays where it stands.
enum LeftReason: Equatable {
    /// In an ordinary comment.
    case comment
    /// In another URL's path, query or fragment.
    case nested
    /// The URL has a user or a password.
    case userinfo
    /// In a mail address.
    case mailAddress
    /// A mention without a scheme, or in a URL of another scheme.
    case notALink
    /// In an attribute, element or header field that carries no links for us.
    case notALinkPlace
    /// The URL Standard rejects the URL.
    case invalidURL
    /// A second attribute of the same name: nobody reads it.
    case duplicateAttribute
    /// In a script that is not JSON-LD.
    case script
    /// A kind of place that `rewrite` switches off.
    case switchedOff
    /// Content-Disposition: attachment.
    case attachment
    case signed
    case encrypted
    case embeddedMessage
    /// A content type that carries no links for us.
    case otherType
    /// Beyond ``MIMELimits``.
    case beyondLimits
    /// Content-Transfer-Encoding unknown, or so broken that readers disagree.
    case transferEncoding
    /// The charset cannot be read without doubt.
    case charset
    /// A line would have grown past 998 octets.
    case lineLength
    /// In text that no reader is shown: preamble, epilogue, part headers, a tag cut off.
    case outsideParts
    /// The plugins' or the sender's own reason.
    case decided(String)

    /// The reasons that are the engine's own.
    static let ownReasons: [LeftReason] = [
        .comment, .nested, .userinfo, .mailAddress, .notALink, .notALinkPlace, .invalidURL,
        .duplicateAttribute,
        .script, .switchedOff, .attachment, .signed, .encrypted, .embeddedMessage, .otherType, .beyondLimits,
        .transferEncoding, .charset, .lineLength, .outsideParts, .cssComment,
    ]

    /// In a comment of CSS.
    static let cssComment = LeftReason.decided("css comment")

    /// A few words for the report.
    var text: String {
        switch self {
        case .comment: "html comment"
        case .nested: "nested"
        case .userinfo: "userinfo"
        case .mailAddress: "mail address"
        case .notALink: "not a link"
        case .notALinkPlace: "not a place for links"
        case .invalidURL: "invalid URL"
        case .duplicateAttribute: "duplicate attribute"
        case .script: "script"
        case .switchedOff: "switched off"
        case .attachment: "attachment"
        case .signed: "signed"
        case .encrypted: "encrypted"
        case .embeddedMessage: "embedded message"
        case .otherType: "other type"
        case .beyondLimits: "beyond limits"
        case .transferEncoding: "transfer encoding"
        case .charset: "charset"
        case .lineLength: "line length"
        case .outsideParts: "outside parts"
        case .decided(let reason): reason
        }
    }
}

extension LeftLink {
    /// Every reason of the engine itself. Any other is a plugin's, the sender's or the configuration's.
    public static let engineReasons = Set(LeftReason.ownReasons.map(\.text))
}
