import Configuration
import DomainNames
import Foundation
import Testing

@testable import TrackingDomains

/// Run with `SIGNPOST_SCALE=100000 swift test -c release -Xswiftc -enable-testing --filter ScaleTests`; a small number
/// runs always.
@Suite struct WatchScaleTests {
    private static let count = ProcessInfo.processInfo.environment["SIGNPOST_SCALE"].flatMap(Int.init) ?? 1000

    /// A watch that knows so many domains, all in use.
    private func watch(_ questions: [DomainQuestion], in folder: TestFolder) throws -> DomainWatch {
        var check = Settings.DomainCheck()
        check.state = folder.path + "/domains.json"
        var entry = WatchTable.Entry(sender: "acme", lastSeen: WatchClock().now)
        (entry.state.wasChecked, entry.state.isUsed) = (true, true)
        try StateFile(path: check.state).write(
            Dictionary(uniqueKeysWithValues: questions.map { ($0, entry) }), at: WatchClock().now)
        return DomainWatch(
            DomainWatch.Setup(
                check: check, target: try #require(DomainName("track.relay.example")),
                verifier: FakeVerifier(),
                questions: Dictionary(uniqueKeysWithValues: questions.map { ($0, "acme") }))
        ) { _ in }
    }

    @Test func `what a message asks takes no longer where there are more domains`() throws {
        for count in [WatchScaleTests.count / 10, WatchScaleTests.count] {
            let folder = try TestFolder()
            let questions = try (0..<count).map { try question("click.s\($0).example") }
            var made: DomainWatch?
            let clock = ContinuousClock()
            let starting = try clock.measure { made = try self.watch(questions, in: folder) }
            let watch = try #require(made)
            let asked = max(count, 10_000)
            let alone = clock.measure {
                for number in 0..<asked {
                    let question = questions[number * 7_919 % count]
                    if !watch.problems(of: [question], sender: "acme").isEmpty { Issue.record("not in use") }
                }
            }
            let threads = 4
            let together = clock.measure {
                DispatchQueue.concurrentPerform(iterations: threads) { thread in
                    for number in 0..<asked {
                        let question = questions[(number * 7_919 + thread) % count]
                        if !watch.problems(of: [question], sender: "acme").isEmpty {
                            Issue.record("not in use")
                        }
                    }
                }
            }
            print(
                "\(count) domains: state written and read in \(starting); \(alone / asked) a message, "
                    + "\(together / asked / threads) with \(threads) threads")
            #expect(alone / asked < .milliseconds(1))
        }
    }
}
