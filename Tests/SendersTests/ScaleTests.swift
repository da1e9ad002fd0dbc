import Configuration
import Foundation
import Testing

@testable import Senders

/// Run with `SIGNPOST_SCALE=100000 swift test -c release -Xswiftc -enable-testing --filter ScaleTests`; a small number runs always.
@Suite struct ScaleTests {
    private static let count = ProcessInfo.processInfo.environment["SIGNPOST_SCALE"].flatMap(Int.init) ?? 200

    @Test func `many senders load, are found and reloaded`() throws {
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
        usleep(80_000)
        let clock = ContinuousClock()
        var reading = try world.read(after: nil)
        let loading = try clock.measure { reading = try world.read(after: nil) }
        let directory = reading.directory
        #expect(reading.count == ScaleTests.count)
        try world.write("s0", files["s0", default: ""] + "scheme: https\n")
        let again = try clock.measure { reading = try world.read(after: directory) }
        #expect(reading.filesRead == 1)

        // In no order, as mail comes; the second is found at the last of four keys, the third at none.
        for shape in ["s%.example", "a.b.s%.example", "a.b.nobody%.example"] {
            let domains = (0..<max(1_000, ScaleTests.count)).map { number in
                shape.replacing("%", with: "\(number * 7_919 % ScaleTests.count)")
            }
            let senders = domains.map { "<x@\($0)>" }
            let addresses = domains.compactMap { MailAddress(localPart: Array("x".utf8), domain: $0.utf8) }
            var found = 0
            let looking = clock.measure {
                for address in addresses where directory.lookup.owner(of: address) != nil { found += 1 }
            }
            let client = Client("192.0.2.1")
            let identifying = clock.measure {
                for sender in senders {
                    let identified = directory.identify(
                        sender: sender, login: nil, client: client, headerFrom: [])
                    if identified.sender != nil { found += 1 }
                }
            }
            #expect(found == (shape.contains("nobody") ? 0 : 2 * senders.count))
            print(
                "\(shape): \(looking / senders.count) a look-up, \(identifying / senders.count) to identify a sender"
            )
        }
        print("\(ScaleTests.count) senders: loaded in \(loading), reloaded in \(again)")
    }
}
