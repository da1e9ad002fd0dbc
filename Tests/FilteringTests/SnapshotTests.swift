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
