import Configuration
import DomainNames
import Foundation
import Synchronization

@testable import TrackingDomains

/// The question about a domain, without HTTPS unless asked for.
func question(_ domain: String, https: Bool = false) throws -> DomainQuestion {
    DomainQuestion(domain: try TrackingDomain(parsing: domain), needsHTTPS: https)
}

/// A verifier whose answers the test sets. What it was not told of is `missing`.
final class FakeVerifier: DomainVerifier {
    private struct State {
        var answers: [DomainQuestion: DomainFinding] = [:]
        var others = DomainFinding(.missing)
        var batches: [[DomainQuestion]] = []
        var delay = Duration.zero
    }

    private let state = Mutex(State())

    subscript(question: DomainQuestion) -> DomainFinding.Verdict {
        get { state.withLock { $0.answers[question]?.verdict ?? $0.others.verdict } }
        set { state.withLock { $0.answers[question] = DomainFinding(newValue) } }
    }

    /// The answer to all that were not told of one by one.
    func answerOthers(_ verdict: DomainFinding.Verdict) {
        state.withLock { $0.others = DomainFinding(verdict) }
    }

    /// How long each call of `verify` takes.
    func delay(_ delay: Duration) { state.withLock { $0.delay = delay } }

    /// What was asked, call by call.
    var batches: [[DomainQuestion]] { state.withLock { $0.batches } }

    func verify(_ questions: [DomainQuestion], found: (DomainQuestion, DomainFinding) -> Void) {
        let (answers, others, delay) = state.withLock { state in
            state.batches.append(questions)
            return (state.answers, state.others, state.delay)
        }
        if delay > .zero { Thread.sleep(forTimeInterval: delay / .seconds(1)) }
        for question in questions { found(question, answers[question] ?? others) }
    }
}

/// Collects what the operator hears.
final class Heard: Sendable {
    private let events = Mutex<[WatchEvent]>([])

    var lines: [String] {
        events.withLock { $0.map { ($0.isWarning ? "warning " : "info ") + $0.description } }
    }

    var report: @Sendable (WatchEvent) -> Void {
        { [self] event in events.withLock { $0.append(event) } }
    }
}

/// A folder that goes with the test.
final class TestFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "signpost-" + UUID().uuidString).path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What lies in it.
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// Waits for something, in vain for no longer than this.
func waits(_ seconds: Double = 10, until condition: () throws -> Bool) rethrows -> Bool {
    let end = Date.now + seconds
    while try !condition() {
        if Date.now > end { return false }
        Thread.sleep(forTimeInterval: 0.005)
    }
    return true
}
