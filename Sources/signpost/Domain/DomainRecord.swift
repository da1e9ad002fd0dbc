import Configuration
import DomainNames

/// The DNS record that a sender has to publish.
struct DomainRecord: Encodable {
    /// The whole name.
    let name: String
    let type = "CNAME"
    /// The whole name that it points to.
    let value: String
    /// A line for a zone file (RFC 1035 section 5.1).
    let zoneLine: String

    /// The zone in which the record most probably stands; nil where that cannot be told.
    private let zone: String?

    /// An hour: a slip is repaired soon, and resolvers are not asked all the time.
    private static let timeToLive = 3600

    init(_ domain: TrackingDomain, target: DomainName) {
        name = domain.host.description
        value = target.description
        zoneLine = "\(name). \(DomainRecord.timeToLive) IN CNAME \(value)."
        zone = PublicSuffix.registeredName(of: domain.host)?.description
    }

    private enum CodingKeys: String, CodingKey {
        case name, type, value
        case zoneLine = "zone_line"
    }

    /// Whether the domain is the top of its zone, where DNS allows no CNAME (RFC 1034 section 3.6.2).
    var isApex: Bool { zone == name }

    /// What to enter, for a person.
    func lines(flattened: Settings.DomainCheck.Flattened) -> [String] {
        if isApex {
            let apex = [
                "\(name) is the top of its zone, where DNS allows no CNAME (RFC 1034 section 3.6.2).",
                "A name below it can have one, such as click.\(name).",
            ]
            if flattened == .refuse { return apex }
            return apex + [
                "Some DNS providers offer ALIAS, ANAME or \"CNAME flattening\" instead, which will do:", "",
                "    Name:  @   (that is \(name))", "    Type:  ALIAS", "    Value: \(value)",
            ]
        }
        var lines = ["In a zone file:", "", "    \(zoneLine)", "", "In a web form:", ""]
        if let zone, name.hasSuffix("." + zone) {
            lines.append(
                "    Name:  \(name.dropLast(zone.count + 1))   (in the zone \(zone); some forms want \(name))"
            )
        } else {
            lines.append("    Name:  \(name)")
        }
        return lines + ["    Type:  \(type)", "    Value: \(value)", "    TTL:   \(DomainRecord.timeToLive)"]
    }
}
