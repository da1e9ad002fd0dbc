import PluginHost
import Testing

/// The five built-in plugins as they come out of the build, in the contract's order.
@Suite struct BuiltInPluginTests {
    static let names = [
        "click-tracking", "open-tracking", "forward-to-friend", "subscription", "hosted-content",
    ]

    /// Their own folder is the default one: in a build, the folder of the test's executable.
    private func builtIns(
        _ requests: [PluginRequest] = names.map { request($0) }, leavePaths: [String] = []
    ) throws -> LoadedPlugins {
        try load(requests, from: PluginDirectory(nil), leavePaths: leavePaths)
    }

    @Test(arguments: [
        (
            "https://track.relay.example/c/1?a=1&b=2#x",
            "click-tracking: https://click.acme.example/c/1?a=1&b=2#x"
        ),
        ("https://track.relay.example/o/1.gif", "open-tracking: https://click.acme.example/o/1.gif"),
        ("https://track.relay.example/f/1", "forward-to-friend: https://click.acme.example/f/1"),
        ("https://track.relay.example/u/1", "subscription: https://click.acme.example/u/1"),
        ("https://track.relay.example/view/1", "hosted-content: https://click.acme.example/view/1"),
        ("https://track.relay.example", "hosted-content: https://click.acme.example"),
        ("https://track.relay.example?c/1", "hosted-content: https://click.acme.example?c/1"),
        ("https://track.relay.example/C/1", "hosted-content: https://click.acme.example/C/1"),
        ("https://track.relay.example/x#/c/1", "hosted-content: https://click.acme.example/x#/c/1"),
    ])
    func `each takes its own paths, and the last one the rest`(_ url: String, _ fate: String) throws {
        #expect(try builtIns().acme().fate(of: url) == fate)
    }

    @Test func `a List header belongs to the subscription, whatever its path`() throws {
        let plugins = try builtIns(["subscription", "hosted-content"].map { request($0) }).acme()
        let url = "https://track.relay.example/x"
        #expect(
            try plugins.fate(of: url, place: "header", part: "header:List-Unsubscribe").hasPrefix(
                "subscription"))
        #expect(
            try plugins.fate(of: url, place: "header", part: "header:LIST-help").hasPrefix("subscription"))
        #expect(try plugins.fate(of: url, place: "header", part: "header:X-List-Y").hasPrefix("hosted"))
        #expect(try plugins.fate(of: url).hasPrefix("hosted-content"))
    }

    @Test func `the first to claim decides, in the order of the configuration`() throws {
        let url = "https://track.relay.example/c/1"
        #expect(
            try builtIns(["hosted-content", "click-tracking"].map { request($0) }).acme().fate(of: url)
                .hasPrefix("hosted-content"))
        #expect(try builtIns(["open-tracking"].map { request($0) }).acme().fate(of: url) == "left: no plugin")
    }

    @Test func `paths can be configured, the query included`() throws {
        let paths = setting("paths", ["/r/*", "/go?id=*&t=1"])
        let plugins = try builtIns([request("click-tracking", [paths])]).acme()
        #expect(try plugins.fate(of: "https://track.relay.example/r/1").hasPrefix("click-tracking"))
        #expect(try plugins.fate(of: "https://track.relay.example/go?id=5&t=1").hasPrefix("click-tracking"))
        #expect(try plugins.fate(of: "https://track.relay.example/go?id=5&t=2") == "left: no plugin")
        #expect(try plugins.fate(of: "https://track.relay.example/c/1") == "left: no plugin")
    }

    @Test func `a pattern that can match nothing is an error with the plugin's own words`() {
        let errors = loadErrors(
            [request("click-tracking", [setting("paths", ["c/*"])])], from: PluginDirectory(nil))
        #expect(
            errors == [
                "signpost.yaml:12:7: error: plugin \"click-tracking\" refuses its settings: \"c/*\" in paths can match "
                    + "no path, expected a pattern that begins with / or *"
            ])
    }

    @Test func `leave_paths come before all plugins`() throws {
        let plugins = try builtIns(leavePaths: ["/c/signed/*", "*&sig=*"]).acme()
        #expect(try plugins.fate(of: "https://track.relay.example/c/signed/1") == "left: leave_paths")
        #expect(try plugins.fate(of: "https://track.relay.example/x?a&sig=1") == "left: leave_paths")
        #expect(try plugins.fate(of: "https://track.relay.example/C/signed/1").hasPrefix("hosted-content"))
    }

    @Test func `a plugin that is off keeps its links, and no later one is asked`() throws {
        let plugins = try builtIns().acme(rules: [rule("click-tracking", .off)])
        #expect(
            try plugins.fate(of: "https://track.relay.example/c/1")
                == "left: click-tracking is off for this sender")
        #expect(try plugins.fate(of: "https://track.relay.example/o/1").hasPrefix("open-tracking"))
        #expect(try plugins.fate(of: "https://track.relay.example/x").hasPrefix("hosted-content"))
        #expect(plugins.target(of: "click-tracking") == nil)
    }

    /// The rules of the contract for scheme and port.
    @Test(
        arguments: [
            ("https://t.example/c/1", nil, .keep, "https://n.example/c/1"),
            ("HTTPS://T.Example./c/1", nil, .keep, "HTTPS://n.example/c/1"),
            ("http://t.example:8080/c/1", nil, .keep, "http://n.example:8080/c/1"),
            ("http://t.example:/c/1", nil, .keep, "http://n.example:/c/1"),
            ("http://t.example:8080/c/1", nil, .https, "https://n.example/c/1"),
            ("https://t.example:8443/c/1", nil, .https, "https://n.example:8443/c/1"),
            ("HttpS://t.example:8443/c/1", nil, .https, "HttpS://n.example:8443/c/1"),
            ("https://t.example:8443/c/1", nil, .http, "http://n.example/c/1"),
            ("http://t.example/c/1", nil, .http, "http://n.example/c/1"),
            ("https://t.example/c/1", 444, .keep, "https://n.example:444/c/1"),
            ("http://t.example:8080/c/1", 444, .https, "https://n.example:444/c/1"),
            ("http://t.example:8080/c/1", 65535, .keep, "http://n.example:65535/c/1"),
            ("//t.example/c/1", nil, .https, "//n.example/c/1"),
            ("//t.example:81/c/1", nil, .http, "//n.example:81/c/1"),
            ("//t.example:81/c/1", 5, .keep, "//n.example:5/c/1"),
            ("https:t.example/c/1", nil, .keep, "https:n.example/c/1"),
            ("http:\\\\t.example\\c\\1", nil, .https, "https:\\\\n.example\\c\\1"),
            ("///t.example/c/1", nil, .keep, "///n.example/c/1"),
            ("https://@t.example/c/1", nil, .keep, "https://@n.example/c/1"),
            ("https://t.example/c/\u{FC}%2F\"'()<>", nil, .keep, "https://n.example/c/\u{FC}%2F\"'()<>"),
        ] as [(String, UInt16?, LinkTarget.Scheme, String)])
    func `scheme and port go by policy, all else stays`(
        _ url: String, _ port: UInt16?, _ scheme: LinkTarget.Scheme, _ moved: String
    ) throws {
        let plugins = try builtIns().acme("n.example", port: port, scheme: scheme)
        #expect(try plugins.fate(of: url) == "click-tracking: " + moved)
    }

    @Test func `an IDN is written as A-labels`() throws {
        #expect(
            try builtIns().acme("klick\u{FC}.example").fate(of: "https://t.example/c/1")
                == "click-tracking: https://xn--klick-ova.example/c/1")
    }

    @Test func `what they say of themselves is there for a person`() throws {
        for plugin in try builtIns().descriptions {
            #expect(plugin.version == "1.0.0")
            #expect(plugin.abiVersion == 1)
            #expect(!plugin.summary.isEmpty)
            #expect(plugin.path.hasSuffix("lib\(plugin.name).so"))
            #expect(plugin.settings.map(\.name) == ["paths"])
            #expect(plugin.settings.first?.help.isEmpty == false)
        }
        let list = PluginDirectory(nil).plugins()
        #expect(Set(Self.names).isSubset(of: list.compactMap { try? $0.description.get().name }))
        let click = try #require(list.first { $0.name == "click-tracking" }).description.get()
        #expect(click.settings.first?.defaultValue?.description == "[\"/c/*\"]")
        #expect(click.settings.first?.kind.rawValue == "string list")
    }
}
