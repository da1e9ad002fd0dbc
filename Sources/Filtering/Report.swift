import FoundationEssentials
import Rewriting

/// The account of one message (contract, "The report").
public struct Report: Sendable {
    /// The sender's id.
    public var sender: String?
    /// The sender's tracking domain.
    public var trackingDomain: String?
    /// Why the message is not touched at all, where that has one reason.
    public var unchangedBecause: String?
    /// The links that moved.
    public var rewritten: [RewrittenLink] = []
    /// The places where a default domain still stands.
    public var left: [LeftLink] = []

    /// The report as JSON text.
    ///
    /// - Throws: EncodingError; none is known to happen.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}

extension Report: Encodable {
    private enum CodingKeys: String, CodingKey {
        case sender
        case trackingDomain = "tracking_domain"
        case unchangedBecause = "unchanged_because"
        case rewritten
        case left
    }

    /// Writes every key, null where there is nothing to say.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sender, forKey: .sender)
        try container.encode(trackingDomain, forKey: .trackingDomain)
        try container.encode(unchangedBecause, forKey: .unchangedBecause)
        try container.encode(rewritten, forKey: .rewritten)
        try container.encode(left, forKey: .left)
    }
}
