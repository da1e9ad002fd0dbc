import Configuration
import FoundationEssentials
import TrackingDomains

/// A sender whose file has mistakes.
struct BrokenSender {
    var file: String
    var errors: [ConfigurationError]

    /// The file's name without `.yaml`.
    var id: String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    }
}

/// A domain as `verify --json` prints it. Every key is always there; what is not known is null.
struct DomainObject: Encodable {
    var sender: String
    var domain: String?
    var https: Bool?
    var inPlace = false
    var verdict = "broken_file"
    var message: String
    var warnings: [String] = []
    var chain: [String] = []
    var addresses: [String] = []
    var ttl: Int?
    var certificateExpires: String?
    var record: DomainRecord?

    private enum CodingKeys: String, CodingKey {
        case sender, domain, https, verdict, message, warnings, chain, addresses, ttl, record
        case inPlace = "in_place"
        case certificateExpires = "certificate_expires"
    }

    init(_ answer: DomainAnswer, _ settings: Settings) {
        let finding = answer.finding
        let advice = Advice(answer: answer, settings: settings, now: secondsSince1970())
        sender = answer.sender
        domain = answer.question.domain.description
        https = answer.question.needsHTTPS
        inPlace = finding.verdict.isInOrder
        verdict = finding.verdict.name
        message = finding.verdict.description
        warnings = advice.warnings
        chain = finding.chain.map(\.description)
        addresses = finding.addresses.map(\.description)
        ttl = finding.timeToLive.map { Int($0.components.seconds) }
        certificateExpires = (finding.certificate?.notAfter).map(timestamp)
        record = DomainRecord(answer.question.domain, target: settings.cnameTarget)
    }

    init(broken: BrokenSender) {
        sender = broken.id
        message = broken.errors.map(\.description).joined(separator: "\n")
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sender, forKey: .sender)
        try container.encode(domain, forKey: .domain)
        try container.encode(https, forKey: .https)
        try container.encode(inPlace, forKey: .inPlace)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(message, forKey: .message)
        try container.encode(warnings, forKey: .warnings)
        try container.encode(chain, forKey: .chain)
        try container.encode(addresses, forKey: .addresses)
        try container.encode(ttl, forKey: .ttl)
        try container.encode(certificateExpires, forKey: .certificateExpires)
        try container.encode(record, forKey: .record)
    }

    static func json(_ objects: [DomainObject]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(objects)) + [UInt8(ascii: "\n")]
    }
}
