/// What is known of a milter beside us, told by the name of its socket or, failing that, by its usual port.
struct Neighbour: Equatable, Sendable {
    /// What it is called.
    var name: String
    /// Whether it signs: `nil` where that hangs on a configuration that we don't read.
    var signs: Bool?
    /// Whether it may change bodies.
    var changesBodies: Bool

    /// Words in names and paths of sockets; the first that occurs decides.
    private static let known: [(word: String, neighbour: Neighbour)] = [
        ("opendmarc", Neighbour(name: "OpenDMARC", signs: false, changesBodies: false)),
        ("openarc", Neighbour(name: "OpenARC", signs: true, changesBodies: false)),
        ("opendkim", Neighbour(name: "OpenDKIM", signs: true, changesBodies: false)),
        ("dkim", Neighbour(name: "a DKIM filter", signs: true, changesBodies: false)),
        ("rspamd", Neighbour(name: "rspamd", signs: nil, changesBodies: false)),
        ("amavis", Neighbour(name: "amavis", signs: nil, changesBodies: true)),
        ("mimedefang", Neighbour(name: "MIMEDefang", signs: nil, changesBodies: true)),
        ("spamass", Neighbour(name: "spamass-milter", signs: false, changesBodies: true)),
        ("clamav", Neighbour(name: "clamav-milter", signs: false, changesBodies: false)),
        ("greylist", Neighbour(name: "a greylisting filter", signs: false, changesBodies: false)),
    ]

    /// Ports of the packages' own examples.
    private static let ports: [UInt16: String] = [
        8891: "opendkim", 8892: "dkim", 8893: "opendmarc", 11332: "rspamd", 12301: "opendkim",
    ]

    /// The milter at `address`, which the MTA calls `label`; nil for one that we don't know.
    init?(label: String, address: MilterAddress?) {
        var text = label.lowercased()
        if case .unix(let path) = address { text += " " + path.lowercased() }
        if let found = Self.known.first(where: { text.contains($0.word) }) {
            self = found.neighbour
            return
        }
        guard case .inet(_, let port) = address, let word = Self.ports[port],
            var found = Self.known.first(where: { $0.word == word })?.neighbour
        else { return nil }
        found.name += " (by its port)"
        self = found
    }

    private init(name: String, signs: Bool?, changesBodies: Bool) {
        self.name = name
        self.signs = signs
        self.changesBodies = changesBodies
    }
}
