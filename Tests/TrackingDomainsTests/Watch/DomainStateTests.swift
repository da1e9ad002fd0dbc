import Testing

@testable import TrackingDomains

/// The state machine, on a clock of its own: `recheck` is an hour, `grace` a day.
@Suite struct DomainStateTests {
    private static let timing = WatchTiming(recheck: .seconds(3600), grace: .seconds(86400))
    private static let negative: [DomainFinding.Verdict] = [
        .missing, .wrongTarget(found: "www.acme.example"), .loop, .noAddress,
    ]
    private static let soft: [DomainFinding.Verdict] = [.bogus, .noHTTPS(reason: "it has expired")]
    private static let silence = DomainFinding.Verdict.unreachable(reason: "SERVFAIL")

    /// A state and the time, in seconds.
    private final class Domain {
        var state = DomainState()
        var now = 1000
        var wait = Duration.zero

        /// The finding `seconds` later.
        func finds(
            _ verdict: DomainFinding.Verdict, after seconds: Int = 0, ttl: Int? = nil,
            certificate: DomainFinding.Certificate? = nil
        ) -> [DomainState.Change] {
            now += seconds
            var finding = DomainFinding(verdict)
            finding.timeToLive = ttl.map { .seconds($0) }
            finding.certificate = certificate
            let (changes, wait) = state.take(finding, at: .seconds(now), timing)
            self.wait = wait
            return changes
        }

        static var used: Domain {
            let domain = Domain()
            _ = domain.finds(.verified)
            return domain
        }
    }

    @Test(arguments: [DomainFinding.Verdict.verified, .flattened])
    func `a new domain is used from its first success`(_ verdict: DomainFinding.Verdict) {
        let domain = Domain()
        #expect(!domain.state.isUsed)
        #expect(domain.finds(verdict) == [.gained])
        #expect(domain.state.isUsed && domain.state.problem == nil)
        #expect(domain.finds(verdict, after: 3600) == [])
    }

    @Test(arguments: negative)
    func `a used domain is dropped on a no that is seen again after a pause`(_ verdict: DomainFinding.Verdict)
    {
        let domain = Domain.used
        #expect(domain.finds(verdict, after: 3600) == [])
        #expect(domain.state.isUsed && domain.wait == .seconds(60))
        #expect(domain.finds(verdict, after: 20) == [])
        #expect(domain.state.isUsed && domain.wait == .seconds(40), "too early to count")
        #expect(domain.finds(verdict, after: 40) == [.lost(verdict)])
        #expect(!domain.state.isUsed && domain.state.problem == verdict.inTheLog)
        #expect(domain.wait == .seconds(10))
        #expect(domain.finds(verdict, after: 10) == [], "said once")
    }

    @Test func `a success between two noes counts the noes anew`() {
        let domain = Domain.used
        #expect(domain.finds(.missing, after: 3600) == [])
        #expect(domain.finds(.verified, after: 60) == [], "nobody was told of the first no")
        #expect(domain.finds(.missing, after: 3600) == [])
        #expect(domain.state.isUsed)
    }

    @Test func `two noes with silence between are two noes`() {
        let domain = Domain.used
        #expect(domain.finds(.missing, after: 3600) == [])
        #expect(domain.finds(Self.silence, after: 60) == [])
        #expect(domain.finds(.missing, after: 60) == [.lost(.missing)])
    }

    @Test(arguments: soft)
    func `a used domain that fails otherwise is dropped after grace`(_ verdict: DomainFinding.Verdict) {
        let domain = Domain.used
        #expect(domain.finds(verdict, after: 3600) == [.failing(verdict)])
        #expect(domain.finds(verdict, after: 86399) == [])
        #expect(domain.state.isUsed && domain.wait == .seconds(1), "looked at when grace ends")
        #expect(domain.finds(verdict, after: 1) == [.lost(verdict)])
    }

    @Test(arguments: soft)
    func `a success within grace begins it anew`(_ verdict: DomainFinding.Verdict) {
        let domain = Domain.used
        #expect(domain.finds(verdict, after: 3600) == [.failing(verdict)])
        #expect(domain.finds(.verified, after: 86000) == [.recovered])
        #expect(domain.finds(verdict, after: 3600) == [.failing(verdict)])
        #expect(domain.finds(verdict, after: 86000) == [])
        #expect(domain.state.isUsed)
    }

    @Test func `silence never drops a used domain, however long it lasts`() {
        let domain = Domain.used
        for _ in 0..<1000 { #expect(domain.finds(Self.silence, after: 3600) == []) }
        #expect(domain.state.isUsed)
        #expect(domain.finds(.bogus, after: 3600) == [.failing(.bogus)], "grace begins with a statement")
        #expect(domain.finds(.verified, after: 3600) == [.recovered])
    }

    @Test func `recovery is automatic`() {
        let domain = Domain.used
        _ = domain.finds(.missing, after: 3600)
        #expect(domain.finds(.missing, after: 60) == [.lost(.missing)])
        #expect(domain.finds(Self.silence, after: 10) == [])
        #expect(domain.finds(.verified, after: 10) == [.gained])
        #expect(domain.state.isUsed && domain.state.problem == nil)
    }

    @Test(arguments: negative + soft)
    func `the first failure of a new domain is told once`(_ verdict: DomainFinding.Verdict) {
        let domain = Domain()
        #expect(domain.finds(verdict) == [.refused(verdict)])
        #expect(domain.finds(verdict, after: 10) == [])
        #expect(domain.finds(Self.silence, after: 10) == [])
        #expect(domain.finds(.loop, after: 10) == [])
        #expect(!domain.state.isUsed && domain.state.problem == "loop")
    }

    @Test func `silence about a new domain is told, and then the first statement`() {
        let domain = Domain()
        #expect(domain.finds(Self.silence) == [.refused(Self.silence)])
        #expect(domain.finds(Self.silence, after: 10) == [])
        #expect(domain.finds(.missing, after: 10) == [.refused(.missing)])
        #expect(domain.finds(.missing, after: 10) == [])
    }

    @Test func `a domain that is not in order is looked up soon, and then less and less often`() {
        let domain = Domain()
        var waits: [Duration] = []
        for _ in 0..<12 {
            _ = domain.finds(.missing)
            waits.append(domain.wait)
        }
        #expect(waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600].map { .seconds($0) })
        _ = domain.finds(.verified)
        _ = domain.finds(Self.silence)
        #expect(domain.wait == .seconds(10), "a success ends the back-off")
    }

    @Test(
        arguments: [(nil, 3600), (30, 60), (60, 60), (300, 300), (3600, 3600), (86400, 3600)] as [(Int?, Int)]
    )
    func `a good domain is looked up when its records expire, within bounds`(_ ttl: Int?, _ wait: Int) {
        let domain = Domain()
        _ = domain.finds(.verified, ttl: ttl)
        #expect(domain.wait == .seconds(wait))
    }

    @Test func `everything scales with a short recheck`() {
        let timing = WatchTiming(recheck: .seconds(1), grace: .seconds(3))
        #expect(timing.pause == .seconds(1))
        #expect(timing.afterFailure(number: 1) == .seconds(1))
        #expect(timing.afterSuccess(timeToLive: .seconds(3600)) == .seconds(1))
        #expect(timing.afterSuccess(timeToLive: .zero) == .seconds(1))
    }

    @Test func `a certificate's end is spoken of within 14 days, once a day`() {
        let domain = Domain.used
        let day = 86400
        let end = domain.now + 20 * day
        let certificate = DomainFinding.Certificate(notAfter: end)
        #expect(domain.finds(.verified, certificate: certificate) == [])
        #expect(domain.finds(.verified, after: 6 * day, certificate: certificate) == [])
        #expect(
            domain.finds(.verified, after: 3600, certificate: certificate)
                == [.expiring(.seconds(14 * day - 3600))])
        #expect(domain.finds(.verified, after: 3600, certificate: certificate) == [])
        #expect(
            domain.finds(.verified, after: day, certificate: certificate)
                == [.expiring(.seconds(13 * day - 7200))])
    }

    @Test func `a flaw that does not matter is told once a day`() {
        let certificate = DomainFinding.Certificate(notAfter: 9_999_999, problem: "self-signed")
        let domain = Domain()
        #expect(
            domain.finds(.verified, certificate: certificate) == [.gained, .flawed("self-signed")])
        #expect(domain.finds(.verified, after: 3600, certificate: certificate) == [])
    }
}
