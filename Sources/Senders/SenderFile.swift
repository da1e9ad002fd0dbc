import Configuration
import DomainNames

/// A sender's file as it was read.
struct SenderFile: Sendable {
    /// The file's name without `.yaml`.
    var id: String
    /// What the file claims. A broken file keeps its claims: its mail must not become somebody else's because
    /// of a slip in another line.
    var addresses: [Sender.Claim<AddressPattern>] = []
    /// The logins that the file names.
    var logins: [Sender.Claim<String>] = []
    /// The sender, nil where the file is broken.
    var sender: Sender?
}

/// Reads what senders say of themselves, in files or elsewhere.
public struct SenderFileReader: Sendable {
    static let keys = [
        "addresses", "logins", "networks", "tracking_domain", "other_tracking_domains", "scheme", "plugins",
    ]

    let defaultTrackingDomains: [DomainPattern]
    let pluginNames: [String]

    /// A reader that checks by the main file.
    public init(_ settings: Settings) {
        defaultTrackingDomains = settings.defaultTrackingDomains
        pluginNames = settings.plugins.load.map(\.name)
    }

    func read(path: String, id: String, errors: ErrorList) -> SenderFile {
        let mistakes = ErrorList()
        defer { errors.report(mistakes.sorted) }
        var file = SenderFile(id: id)
        if !SenderFileReader.isID(id) {
            mistakes.report(
                SourcePosition(file: path),
                "expected a file name of letters, digits, dots, hyphens and underscores, found \(quoted(id))")
        }
        guard let root = ConfigurationNode.read(file: path, errors: mistakes) else { return file }
        let reader = MappingReader(root, keys: SenderFileReader.keys, errors: mistakes)
        file.addresses = claims(reader, "addresses", AddressPattern.init(parsing:))
        file.logins = logins(reader)
        if reader.isEmptyList("logins") {
            // Logins alone can lead to a sender too.
            reader.require("addresses", expected: "the addresses that are this sender's")
            if let node = reader.node("addresses"), reader.isEmptyList("addresses") {
                mistakes.report(
                    node.position, "expected at least one address in `addresses`, found an empty list")
            }
        }
        file.sender = sender(reader, logins: file.logins, id: id, file: path, errors: mistakes)
        file.sender?.addresses = file.addresses
        return file
    }

    /// Reads a sender who is known by other means than its addresses.
    ///
    /// - Returns: nil where there is a mistake.
    public func read(
        _ root: ConfigurationNode, id: String, file: String, errors: ErrorList
    ) -> Sender? {
        let mistakes = ErrorList()
        defer { errors.report(mistakes.sorted) }
        if !SenderFileReader.isID(id) {
            mistakes.report(
                root.position,
                "expected an id of letters, digits, dots, hyphens and underscores, found \(quoted(id))")
        }
        let keys = SenderFileReader.keys.filter { $0 != "addresses" }
        let reader = MappingReader(root, keys: keys, errors: mistakes)
        return sender(reader, logins: logins(reader), id: id, file: file, errors: mistakes)
    }

    /// Everything but the addresses. Logins are read already: a broken file keeps them.
    private func sender(
        _ reader: MappingReader, logins: [Sender.Claim<String>], id: String, file: String, errors: ErrorList
    ) -> Sender? {
        let networks = reader.list("networks", Network.init(parsing:)) ?? []
        reader.require("tracking_domain", expected: "the sender's own host, such as click.acme.example")
        let domain = reader.value("tracking_domain", trackingDomain)
        let others = reader.list("other_tracking_domains", trackingDomain) ?? []
        let scheme: LinkScheme? = reader.choice("scheme")
        let plugins = plugins(reader, errors: errors)
        guard errors.isEmpty, let domain else { return nil }
        return Sender(
            id: id, file: file, logins: logins, networks: networks, trackingDomain: domain,
            trackingDomainPosition: reader.node("tracking_domain")?.position ?? reader.position,
            otherTrackingDomains: others, scheme: scheme ?? .keep, plugins: plugins)
    }

    private func logins(_ reader: MappingReader) -> [Sender.Claim<String>] {
        claims(reader, "logins") { text throws(ValueError) in caseFolded(text) }
    }

    /// The id stands in log lines as `sender=id`, so it has neither spaces nor signs.
    static func isID(_ id: String) -> Bool {
        let isName = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isName && !id.isEmpty && !id.hasPrefix("-")
    }

    private func claims<Value: Hashable & Sendable>(
        _ reader: MappingReader, _ key: String, _ parse: (String) throws(ValueError) -> Value
    ) -> [Sender.Claim<Value>] {
        (reader.items(key) ?? []).compactMap { node in
            reader.read(node, as: "an item of `\(key)`", parse).map {
                Sender.Claim(value: $0, position: node.position)
            }
        }
    }

    /// A tracking domain that is not one of the defaults: a link moved there would be moved again by the
    /// next pass, or not at all.
    private func trackingDomain(_ text: String) throws(ValueError) -> TrackingDomain {
        let domain = try TrackingDomain(parsing: text)
        if let pattern = defaultTrackingDomains.first(where: { $0.matches(domain.host) }) {
            throw ValueError(
                "expected the sender's own host, found \(quoted(text)), "
                    + "which is a default tracking domain (\(pattern))")
        }
        return domain
    }

    private func plugins(_ reader: MappingReader, errors: ErrorList) -> [String: Sender.PluginPolicy] {
        var policies: [String: Sender.PluginPolicy] = [:]
        guard let block = reader.mapping("plugins", keys: pluginNames, what: "plugin") else {
            return policies
        }
        for (key, value) in block.pairs {
            guard let name = key.scalar, pluginNames.contains(name) else { continue }
            policies[name] = plugin(name, key, value, errors: errors)
        }
        return policies
    }

    private func plugin(
        _ name: String, _ key: ConfigurationNode, _ value: ConfigurationNode, errors: ErrorList
    ) -> Sender.PluginPolicy? {
        if let word = value.scalar {
            do {
                let isOn = try MappingReader.flag(word)
                return isOn ? .settings(Sender.PluginSettings(position: key.position)) : .off
            } catch {
                errors.report(
                    value.position, "`\(name)`: expected off, on or settings, found \(value.kindOfValue)")
                return nil
            }
        }
        let own = ["tracking_domain", "scheme"]
        let reader = MappingReader(value, keys: own, othersAllowed: true, errors: errors)
        return .settings(
            Sender.PluginSettings(
                position: key.position, trackingDomain: reader.value("tracking_domain", trackingDomain),
                scheme: reader.choice("scheme"), rest: reader.others(than: own)))
    }
}
