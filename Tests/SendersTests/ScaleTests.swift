import Configuration
import Foundation
import Testing

@testable import Senders

/// Run with `SIGNPOST_SCALE=100000 swift test -c release -Xswiftc -enable-testing --filter ScaleTests`; a small number runs always.
@Suite struct ScaleTests {
    private static let count = ProcessInfo.processInfo.environment["SIGNPOST_SCALE"].flatMap(Int.init) ?? 200

    @Test func `many senders load and are found`() throws {
        var files: [String: String] = [:]
        for number in 0..<ScaleTests.count {
            files["s\(number)"] = """
                addresses: ["@s\(number).example", "@*.s\(number).example", "news@mail\(number).example"]
                networks: [192.0.2.0/24]
                tracking_domain: click.s\(number).example
                plugins: { forward-to-friend: off }

                """
        }
        let world = try World(files)
        #expect(world.errors.isEmpty)
        let settings = try #require(Settings.load(file: world.folder.path + "/signpost.yaml").settings)
        let clock = ContinuousClock()
        var directory = world.directory
        let loading = clock.measure { directory = SenderDirectory.load(settings).directory }
        #expect(directory.senders.count == ScaleTests.count)
        let lookups = (0..<100_000).map { "<x@a.b.s\($0 % ScaleTests.count).example>" }
        let client = Client("192.0.2.1")
        var found = 0
        let looking = clock.measure {
            for sender in lookups {
                let identified = directory.identify(
                    sender: sender, login: nil, client: client, headerFrom: [])
                if identified.sender != nil { found += 1 }
            }
        }
        #expect(found == lookups.count)
        print(
            "\(ScaleTests.count) senders: loaded in \(loading), \(looking / lookups.count) a look-up"
        )
    }
}
