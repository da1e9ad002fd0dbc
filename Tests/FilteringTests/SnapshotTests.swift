import Senders
import Testing

@testable import Filtering

@Suite struct SnapshotTests {
    @Test func `errors of the main file, the senders and the plugins come in one run`() throws {
        let configuration = try TestConfiguration(
            "on_error: reject",
            senders: [
                "a": "addresses: [\"@a.example\"]\ntracking_domain: 192.0.2.1\n",
                "b":
                    "addresses: [\"@b.example\"]\ntracking_domain: t.b.example\nplugins: { open-tracking: { path: x } }\n",
            ])
        #expect(configuration.errors.count == 3)
        #expect(configuration.errors.first?.hasPrefix("signpost.yaml:3:11: error: `on_error`") == true)
        #expect(
            configuration.errors.contains { $0.hasPrefix("senders.d/a.yaml:2:18: error: `tracking_domain`") })
        #expect(
            configuration.errors.contains {
                $0.hasPrefix("senders.d/b.yaml:3:") && $0.contains("did you mean \"paths\"?")
            })
        #expect(Snapshot.load(file: configuration.file).snapshot == nil)
    }

    @Test func `a sender file's mistakes and those in its plugins' settings come in one run`() throws {
        let configuration = try TestConfiguration(senders: [
            "a": """
            addresses: ["@a.example"]
            tracking_domain: 192.0.2.1
            scheme: ftp
            plugins:
              open-tracking: { path: x, scheme: gopher }
              click-tracking: off

            """
        ])
        #expect(configuration.errors.count == 4)
        #expect(configuration.errors.contains { $0.contains("a.yaml:5:20:") && $0.contains("\"path\"") })
    }

    @Test func `a plugin that is broken in the main file hides no mistake in the senders' files`() throws {
        let sender = """
            addresses: ["@a.example"]
            tracking_domain: t.a.example
            plugins:
              open-tracking: { path: x }
              click-tracking: { pths: x, scheme: keep }
              subscription: { paths: 7 }
              no-such-plugin: off

            """
        let main = """
            plugins:
              load:
                - open-tracking
                - click-tracking: { path: ["/c/*"] }
                - subscription: off
                - forward-to-friend:
                  paths: ["/f/*"]
                - no-such-plugin
            """
        let errors = try TestConfiguration(main, senders: ["a": sender, "b": "nonsense"]).errors
        let starts = errors.map { $0.split(separator: " ").first ?? "" }
        #expect(
            starts == [
                "signpost.yaml:6:25:", "signpost.yaml:7:21:", "signpost.yaml:8:7:", "signpost.yaml:10:7:",
                "senders.d/a.yaml:4:20:", "senders.d/a.yaml:5:21:", "senders.d/a.yaml:6:26:",
                "senders.d/b.yaml:1:1:",
            ], "\(errors)")
    }

    @Test func `without what has no default, the senders' files are still read`() throws {
        for main in ["default_tracking_domains: [\"*.t.relay.example\"]", "cname_target: \"a b\"", ""] {
            let configuration = try TestConfiguration(senders: ["b": "nonsense"])
            try configuration.write("senders: senders.d\n\(main)\n", to: "signpost.yaml")
            #expect(configuration.errors.contains { $0.hasPrefix("signpost.yaml:") }, "\(main)")
            #expect(
                configuration.errors.contains { $0.hasPrefix("senders.d/b.yaml:") },
                "\(main): \(configuration.errors)")
        }
    }

    @Test func `a broken sender file disables that sender alone`() throws {
        let configuration = try TestConfiguration(senders: [
            "a": "addresses: [\"@a.example\"]\ntracking_domain: t.a.example\n", "b": "nonsense",
        ])
        let (snapshot, errors) = Snapshot.load(file: configuration.file)
        #expect(errors.count == 1)
        #expect(snapshot?.senders.senders.map(\.id) == ["a"])
    }

    @Test func `a plugin that is not there is an error with its place`() throws {
        let configuration = try TestConfiguration("plugins:\n  load: [no-such-plugin]")
        #expect(configuration.errors.count == 1)
        #expect(configuration.errors.first?.hasPrefix("signpost.yaml:4:10: error: ") == true)
    }
}
