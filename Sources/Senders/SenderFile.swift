import Configuration
import DomainNames

/// A sender's file as it was read.
final class SenderFile: Sendable {
    /// The file's name without `.yaml`.
    let id: String
    /// What was read, nil where that has to be read again in any case.
    let version: FileVersion?
    /// What the file claims. A broken file keeps its claims: its mail must not become somebody else's because
    /// of a slip in another line.
    let addresses: [Sender.Claim<AddressPattern>]
    /// The logins that the file names.
    let logins: [Sender.Claim<String>]
    /// The sender, nil where the file is broken.
    let sender: Sender?
    /// What a broken file says of plugins, which may be wrong as well.
    let plugins: [String: Sender.PluginPolicy]

    /// A file with a sender. Without a version it stands for one that was read before, and is broken now.
    init(_ sender: Sender, version: FileVersion? = nil) {
        (id, addresses, logins) = (sender.id, sender.addresses, sender.logins)
        (self.version, self.sender, plugins) = (version, sender, [:])
    }

    /// A broken file.
    init(
        id: String, addresses: [Sender.Claim<AddressPattern>] = [], logins: [Sender.Claim<String>] = [],
        plugins: [String: Sender.PluginPolicy] = [:]
    ) {
        (self.id, self.addresses, self.logins, self.plugins) = (id, addresses, logins, plugins)
        (version, sender) = (nil, nil)
    }
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

    /// Reads a file.
    ///
    /// - Parameter mistakes: an empty list; what is added to it breaks the file.
    func read(path: String, id: String, errors mistakes: ErrorList) -> SenderFile {
        // A name that is not UTF-8 is not what it is shown as, and nothing is found by that.
        let root = id.contains("\u{FFFD}") ? nil : ConfigurationNode.read(file: path, errors: mistakes)
        return read(root, path: path, id: id, errors: mistakes)
    }

    /// The same of what is about to become the file.
    func read(_ content: [UInt8], path: String, id: String, errors mistakes: ErrorList) -> SenderFile {
        read(
            ConfigurationNode.parse(content, file: path, errors: mistakes), path: path, id: id,
            errors: mistakes)
    }

    private func read(
        _ root: ConfigurationNode?, path: String, id: String, errors mistakes: ErrorList
    ) -> SenderFile {
        if !SenderFileReader.isID(id) {
            mistakes.report(
                SourcePosition(file: path),
                "expected a file name of letters, digits, dots, hyphens and underscores, found \(quoted(id))")
        }
        guard let root else { return SenderFile(id: id) }
        let reader = MappingReader(root, keys: SenderFileReader.keys, errors: mistakes)
        let addresses = claims(reader, "addresses", AddressPattern.init(parsing:))
        let logins = logins(reader)
        if reader.isEmptyList("logins") {
            // Logins alone can lead to a sender too.
            reader.require("addresses", expected: "the addresses that are this sender's")
            if let node = reader.node("addresses"), reader.isEmptyList("addresses") {
                mistakes.report(
                    node.position, "expected at least one address in `addresses`, found an empty list")
            }
        }
        let plugins = plugins(reader, errors: mistakes)
        let sender = sender(
            reader, addresses: addresses, logins: logins, plugins: plugins, id: id, file: path,
            errors: mistakes)
        return sender.map { SenderFile($0) }
            ?? SenderFile(id: id, addresses: addresses, logins: logins, plugins: plugins)
    }

    /// Reads a sender who is known by other means than its addresses.
    ///
    /// - Parameter mistakes: what is added to it breaks the sender, and so does what it begins with.
    public func read(
        _ root: ConfigurationNode, id: String, file: String, errors mistakes: ErrorList
    ) -> Sender? {
        if !SenderFileReader.isID(id) {
            mistakes.report(
                root.position,
                "expected an id of letters, digits, dots, hyphens and underscores, found \(quoted(id))")
        }
        let keys = SenderFileReader.keys.filter { $0 != "addresses" }
        let reader = MappingReader(root, keys: keys, errors: mistakes)
        return sender(
            reader, addresses: [], logins: logins(reader), plugins: plugins(reader, errors: mistakes), id: id,
            file: file, errors: mistakes)
    }

    /// Everything but what is claimed: a broken file keeps that.
    private func sender(
        _ reader: MappingReader, addresses: [Sender.Claim<AddressPattern>], logins: [Sender.Claim<String>],
        plugins: [String: Sender.PluginPolicy], id: String, file: String, errors mistakes: ErrorList
    ) -> Sender? {
        let networks = reader.list("networks", Network.init(parsing:)) ?? []
        reader.require("tracking_domain", expected: "the sender's own host, such as click.acme.example")
        let domain = reader.value("tracking_domain", trackingDomain)
        let others = reader.list("other_tracking_domains", trackingDomain) ?? []
        let scheme: LinkScheme? = reader.choice("scheme")
        guard mistakes.isEmpty, let domain else { return nil }
        return Sender(
            id: id, file: file, addresses: addresses, logins: logins, networks: networks,
            trackingDomain: domain,
            trackingDomainPosition: reader.node("tracking_domain")?.position ?? reader.position,
            otherTrackingDomains: others, scheme: scheme ?? .keep, plugins: plugins)
    }

    private func logins(_ reader: MappingReader) -> [Sender.Claim<String>] {
        claims(reader, "logins") { text throws(ValueError) in caseFolded(text) }
    }

    /// Whether a sender that was read by another main file would be read the same by this one.
    func stillHolds(_ sender: Sender) -> Bool {
        sender.plugins.keys.allSatisfy(pluginNames.contains)
            && !sender.trackingDomains.contains { domain in
                defaultTrackingDomains.contains { $0.matches(domain.host) }
            }
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
    /// next pass, or not at all. And not one of everybody's: `co.uk` is nobody's own.
    private func trackingDomain(_ text: String) throws(ValueError) -> TrackingDomain {
        let domain = try TrackingDomain(parsing: text)
        if let pattern = defaultTrackingDomains.first(where: { $0.matches(domain.host) }) {
            throw ValueError(
                "expected the sender's own host, found \(quoted(text)), "
                    + "which is a default tracking domain (\(pattern))")
        }
        if PublicSuffix.contains(domain.host) {
            throw ValueError(
                "expected the sender's own host, found \(quoted(text)), "
                    + "which is a public suffix: others register their names below it")
        }
        return domain
    }

    private func plugins(_ reader: MappingReader, errors: ErrorList) -> [String: Sender.PluginPolicy] {
        var policies: [String: Sender.PluginPolicy] = [:]
        guard let block = reader.mapping("plugins", keys: pluginNames, what: "plugin") else {
            return policies
        }
        for (key, value) in block.pairs {
            // Our own name, so that not every sender has a copy of it.
            guard let name = pluginNames.first(where: { $0 == key.scalar }) else { continue }
            policies[name] = plugin(name, key, value, errors: errors)
        }
        return policies
    }

    private func plugin(
        _ name: String, _ key: ConfigurationNode, _ value: ConfigurationNode, errors: ErrorList
    ) -> Sender.PluginPolicy? {
        if let isOn = try? value.scalar.map(MappingReader.flag) {
            return isOn ? .settings(Sender.PluginSettings(position: key.position)) : .off
        }
        guard case .mapping = value.value else {
            errors.report(
                value.position, "`\(name)`: expected off, on or settings, found \(value.kindOfValue)")
            return nil
        }
        let own = ["tracking_domain", "scheme"]
        let reader = MappingReader(value, keys: own, othersAllowed: true, errors: errors)
        return .settings(
            Sender.PluginSettings(
                position: key.position, trackingDomain: reader.value("tracking_domain", trackingDomain),
                scheme: reader.choice("scheme"), rest: reader.others(than: own)))
    }
}
