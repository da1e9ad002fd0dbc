import Configuration
import DomainNames
import Foundation
import Testing

@testable import TrackingDomains

/// The watch on its thread, with a verifier that answers as the test says.
@Suite struct DomainWatchTests {
    private let folder: TestFolder
    private let verifier = FakeVerifier()
    private let heard = Heard()

    init() throws { folder = try TestFolder() }

    private func setup(
        _ domains: [String], mode: Settings.DomainCheck.Mode = .require
    ) throws -> DomainWatch.Setup {
        var check = Settings.DomainCheck()
        check.mode = mode
        check.recheck = .milliseconds(100)
        check.grace = .milliseconds(300)
        check.state = folder.path + "/domains.json"
        var questions: [DomainQuestion: String] = [:]
        for domain in domains { questions[try question(domain)] = "acme" }
        return DomainWatch.Setup(
            check: check, target: try #require(DomainName("track.relay.example")), verifier: verifier,
            questions: questions)
    }

    private func running(_ setup: DomainWatch.Setup) -> DomainWatch {
        let watch = DomainWatch(setup, report: heard.report)
        Thread.detachNewThread { watch.run() }
        return watch
    }

    @Test func `the log hears of each change once`() throws {
        let one = try question("click.acme.example")
        let watch = running(try setup(["click.acme.example"]))
        defer { watch.stop() }
        #expect(waits { heard.lines.count == 1 })
        #expect(watch.problems(of: [one], sender: "acme") == [one: "missing"])
        verifier[one] = .verified
        #expect(waits { watch.problems(of: [one], sender: "acme").isEmpty })
        verifier[one] = .unreachable(reason: "SERVFAIL")
        let asked = verifier.batches.count
        #expect(waits { verifier.batches.count > asked + 5 })
        #expect(watch.problems(of: [one], sender: "acme").isEmpty)
        verifier[one] = .wrongTarget(found: "www.acme.example")
        #expect(waits { !watch.problems(of: [one], sender: "acme").isEmpty })
        verifier[one] = .flattened
        #expect(waits { watch.problems(of: [one], sender: "acme").isEmpty })
        #expect(
            heard.lines.filter { $0.contains("domain click") } == [
                "warning domain click.acme.example (sender acme): not verified: missing; publish \"click.acme.example. CNAME track.relay.example.\"; links stay on the default domain",
                "info domain click.acme.example (sender acme): verified, links move to it",
                "warning domain click.acme.example (sender acme): lost: wrong target (found www.acme.example); links stay on the default domain",
                "info domain click.acme.example (sender acme): verified, links move to it",
            ])
    }

    @Test func `a restart while nobody can be asked changes nothing`() throws {
        let (good, bad) = (try question("good.example"), try question("bad.example"))
        verifier[good] = .verified
        let first = running(try setup(["good.example", "bad.example"]))
        #expect(waits { first.problems(of: [good], sender: "acme").isEmpty && heard.lines.count == 2 })
        first.stop()
        verifier[good] = .unreachable(reason: "no route")
        verifier[bad] = .unreachable(reason: "no route")
        let second = DomainWatch(try setup(["good.example", "bad.example"]), report: heard.report)
        #expect(second.problems(of: [good, bad], sender: "acme") == [bad: "missing"], "before any look")
        Thread.detachNewThread { second.run() }
        defer { second.stop() }
        let asked = verifier.batches.count
        #expect(waits { verifier.batches.count > asked + 5 })
        #expect(
            second.problems(of: [good, bad], sender: "acme") == [bad: "unreachable (no route)"])
    }

    @Test func `a reload has new domains looked up at once and keeps what is known`() throws {
        let (old, new) = (try question("old.example"), try question("new.example"))
        verifier.answerOthers(.verified)
        var setup = try setup(["old.example"])
        setup.check.recheck = .seconds(3600)
        let watch = running(setup)
        defer { watch.stop() }
        #expect(waits { watch.problems(of: [old], sender: "acme").isEmpty })
        setup.questions[new] = "acme"
        watch.update(setup)
        #expect(watch.problems(of: [old], sender: "acme").isEmpty)
        #expect(waits(2) { watch.problems(of: [new], sender: "acme").isEmpty })
        #expect(verifier.batches == [[old], [new]])
    }

    @Test func `a domain that a message asks for first is looked up at once`() throws {
        let one = try question("db.example")
        verifier.answerOthers(.verified)
        let watch = running(try setup([]))
        defer { watch.stop() }
        #expect(watch.problems(of: [one], sender: "db") == [one: "not looked up yet"])
        #expect(waits(2) { watch.problems(of: [one], sender: "db").isEmpty })
        #expect(heard.lines == ["info domain db.example (sender db): verified, links move to it"])
    }

    @Test func `the end does not wait for DNS`() throws {
        verifier.delay(.seconds(5))
        let watch = running(try setup(["slow.example"]))
        #expect(waits { verifier.batches.count == 1 })
        let start = ContinuousClock.now
        watch.stop()
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test func `messages do not wait for DNS`() throws {
        verifier.delay(.seconds(1))
        let watch = running(try setup(["slow.example"]))
        defer { watch.stop() }
        #expect(waits { verifier.batches.count == 1 })
        let slow = try question("slow.example")
        let start = ContinuousClock.now
        for _ in 0..<1000 { _ = watch.problems(of: [slow], sender: "acme") }
        #expect(ContinuousClock.now - start < .milliseconds(500))
    }

    @Test func `many new domains are asked for in batches, not all at once`() throws {
        verifier.answerOthers(.verified)
        var setup = try setup((0..<1000).map { "c\($0).example" })
        setup.check.recheck = .seconds(3600)
        let watch = running(setup)
        defer { watch.stop() }
        #expect(waits { verifier.batches.count == 3 })
        #expect(verifier.batches.allSatisfy { $0.count <= 64 })
        #expect(Set(verifier.batches.joined()).count == verifier.batches.joined().count)
    }

    @Test func `an unanswered question counts as silence`() throws {
        struct Mute: DomainVerifier {
            func verify(_ questions: [DomainQuestion], found: (DomainQuestion, DomainFinding) -> Void) {}
        }
        var setup = try setup(["mute.example"])
        setup.verifier = Mute()
        let watch = running(setup)
        defer { watch.stop() }
        #expect(waits { heard.lines.first?.contains("unreachable (no answer)") == true })
    }

    @Test func `with mode warn the log says that links move all the same`() throws {
        let watch = running(try setup(["click.acme.example"], mode: .warn))
        defer { watch.stop() }
        #expect(
            waits { heard.lines.first?.hasSuffix("; links move to it all the same (mode: warn)") == true })
    }
}
