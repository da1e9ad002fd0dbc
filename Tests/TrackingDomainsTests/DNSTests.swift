import Configuration
import DomainNames
import Testing

@testable import TrackingDomains

/// Each DNS situation of docs/DOMAINS.md, as packets.
@Suite struct DNSTests {
    let target = "track.relay.example"

    @Test func `a CNAME to the target verifies a domain`() throws {
        let (finding, _) = try finding(
            "click.acme.example",
            zone {
                $1.cname($0.name, "track.relay.example", ttl: 77).a(
                    "track.relay.example", "192.0.2.1", ttl: 5)
            })
        #expect(finding.verdict == .verified)
        #expect(finding.chain.map(\.description) == [target])
        #expect(finding.addresses.map(\.description) == ["192.0.2.1"])
        #expect(finding.timeToLive == .seconds(77))
        #expect(finding.note == nil)
    }

    @Test func `several levels, upper case and odd labels are followed`() throws {
        let (finding, _) = try finding("click.acme.example") { question in
            .packet(
                Packet(question).a("TRACK.relay.Example", "192.0.2.1")
                    .cname("_Odd.CDN.example", "Track.Relay.EXAMPLE", ttl: 30)
                    .cname("CLICK.acme.example", "_odd.cdn.example").bytes)
        }
        #expect(finding.verdict == .verified)
        #expect(finding.chain.map(\.description) == ["_odd.cdn.example", target])
        #expect(finding.timeToLive == .seconds(30))
    }

    @Test func `a chain may go on behind the target`() throws {
        let (finding, _) = try finding(
            "click.acme.example",
            zone {
                $1.cname($0.name, "track.relay.example").cname(
                    "track.relay.example", "edge.cdn.example", ttl: 5
                ).a("edge.cdn.example", "192.0.2.1")
            })
        #expect(finding.verdict == .verified)
        #expect(finding.chain.map(\.description) == [target, "edge.cdn.example"])
        #expect(finding.timeToLive == .seconds(300))
    }

    @Test func `a server that does not follow is asked on`() throws {
        let (finding, questions) = try finding("click.acme.example") { question in
            switch question.name {
            case "click.acme.example":
                .packet(Packet(question).cname(question.name, "hop.acme.example").bytes)
            case "hop.acme.example":
                .packet(Packet(question).cname(question.name, "track.relay.example").bytes)
            default: .packet(Packet(question).a(question.name, "192.0.2.1").bytes)
            }
        }
        #expect(finding.verdict == .verified)
        #expect(finding.addresses.map(\.description) == ["192.0.2.1"])
        #expect(Set(questions.map(\.name)) == ["click.acme.example", "hop.acme.example", target])
    }

    @Test(arguments: [
        (UInt16(0x8180), "track.relay.example itself has no address now"),
        (0x8183, "track.relay.example itself has no address now"),
        (0x8182, "track.relay.example itself cannot be looked up: the resolver says SERVFAIL"),
    ])
    func `a target in trouble is the operator's, not the domain's`(flags: UInt16, note: String) throws {
        let (finding, _) = try finding("click.acme.example") { question in
            question.name == "click.acme.example"
                ? .packet(Packet(question).cname(question.name, "track.relay.example").bytes)
                : .packet(Packet(question, flags: flags).bytes)
        }
        #expect(finding.verdict == .verified)
        #expect(finding.note == note)
    }

    @Test(arguments: [UInt16(0x8180), 0x8183])
    func `NXDOMAIN and NOERROR without data are missing`(flags: UInt16) throws {
        let (finding, questions) = try finding("click.acme.example") {
            .packet(Packet($0, flags: flags).soa(minimum: 60).bytes)
        }
        #expect(finding.verdict == .missing)
        #expect(finding.timeToLive == .seconds(60))
        #expect(Set(questions.map(\.type)) == [1, 28])
    }

    @Test func `a no to one kind of address and silence to the other is no statement`() throws {
        let (finding, _) = try finding("click.acme.example") { question in
            .packet(question.type == 28 ? nil : Packet(question).soa(minimum: 60).bytes)
        }
        #expect(finding.verdict == .unreachable(reason: "no answer from the resolver in time"))
    }

    @Test func `addresses of one kind are enough where the other kind fails`() throws {
        let (finding, _) = try finding("click.acme.example") { question in
            .packet(
                question.type == 28
                    ? Packet(question, flags: 0x8182).bytes
                    : Packet(question).cname(question.name, "track.relay.example").a(
                        "track.relay.example", "192.0.2.1"
                    ).bytes)
        }
        #expect(finding.verdict == .verified)
    }

    @Test func `a CNAME elsewhere is named`() throws {
        let (finding, _) = try finding(
            "click.acme.example",
            zone {
                $0.name == "track.relay.example"
                    ? $1.a($0.name, "192.0.2.1")
                    : $1.cname($0.name, "shop.example").a("shop.example", "198.51.100.7")
            })
        #expect(finding.verdict == .wrongTarget(found: "shop.example (198.51.100.7)"))
    }

    @Test func `a CNAME to a name without an address is told from one elsewhere`() throws {
        let (finding, _) = try finding("click.acme.example") { question in
            question.name == "click.acme.example"
                ? .packet(Packet(question).cname(question.name, "trakc.relay.example").bytes)
                : .packet(Packet(question, flags: 0x8183).soa(minimum: 9).bytes)
        }
        #expect(finding.verdict == .noAddress)
        #expect(finding.chain.map(\.description) == ["trakc.relay.example"])
        #expect(finding.timeToLive == .seconds(9))
    }

    @Test(arguments: [
        ("accept", DomainFinding.Verdict.flattened),
        (
            "refuse",
            .wrongTarget(
                found: "the addresses of track.relay.example without a CNAME to it, "
                    + "which `flattened: refuse` rules out")
        ),
    ])
    func `the target's addresses will do where policy allows`(policy: String, verdict: DomainFinding.Verdict)
        throws
    {
        let (finding, _) = try finding(
            "acme.example", settings: "flattened: \(policy)",
            zone { ($0.name == "acme.example" ? $1 : $1.a($0.name, "192.0.2.2")).a($0.name, "192.0.2.1") })
        #expect(finding.verdict == verdict)
    }

    @Test func `one address that is not the target's is one too many`() throws {
        let (finding, _) = try finding(
            "acme.example",
            zone { ($0.name == "acme.example" ? $1.a($0.name, "192.0.2.9") : $1).a($0.name, "192.0.2.1") })
        #expect(finding.verdict == .wrongTarget(found: "192.0.2.9, 192.0.2.1"))
    }

    @Test func `addresses without the target's to compare them with say nothing`() throws {
        let (finding, _) = try finding("acme.example") { question in
            question.name == "acme.example"
                ? .packet(Packet(question).a(question.name, "192.0.2.1").bytes)
                : .packet(Packet(question, flags: 0x8183).bytes)
        }
        #expect(
            finding.verdict
                == .unreachable(reason: "track.relay.example itself has no address to compare with"))
    }

    @Test func `a circle is a loop, in one answer or in several`() throws {
        let (whole, _) = try finding(
            "click.acme.example",
            zone { $1.cname($0.name, "b.acme.example").cname("b.acme.example", "click.acme.example") })
        #expect(whole.verdict == .loop)
        let (parts, _) = try finding("click.acme.example") { question in
            .packet(
                Packet(question).cname(
                    question.name, question.name == "b.acme.example" ? "click.acme.example" : "b.acme.example"
                ).bytes)
        }
        #expect(parts.verdict == .loop)
    }

    @Test func `a circle that the resolver gives up on is found by asking for the aliases`() throws {
        let (finding, _) = try finding("click.acme.example") { question in
            question.type == 5
                ? .packet(
                    Packet(question).cname(
                        question.name,
                        question.name == "b.acme.example" ? "click.acme.example" : "b.acme.example"
                    ).bytes)
                : .packet(Packet(question, flags: 0x8182).bytes)
        }
        #expect(finding.verdict == .loop)
    }

    @Test func `a chain without end is a loop`() throws {
        let (finding, questions) = try finding("n0.acme.example") { question in
            let number = Int(question.name.dropFirst().prefix { $0 != "." }) ?? 0
            return .packet(Packet(question).cname(question.name, "n\(number + 1).acme.example").bytes)
        }
        #expect(finding.verdict == .loop)
        #expect(Set(questions.map(\.name)).count == 17)
    }

    @Test func `SERVFAIL that is an answer without validation is bogus`() throws {
        let (finding, questions) = try finding("click.acme.example") { question in
            question.checkingDisabled
                ? .packet(Packet(question).cname(question.name, "track.relay.example").bytes)
                : .packet(Packet(question, flags: 0x8182).bytes)
        }
        #expect(finding.verdict == .bogus)
        #expect(!questions.filter(\.checkingDisabled).isEmpty)
    }

    @Test(arguments: [
        (UInt16(0x8182), "SERVFAIL"), (0x8185, "REFUSED"), (0x8184, "NOTIMP"), (0x8189, "RCODE 9"),
    ])
    func `other response codes are no statement`(flags: UInt16, name: String) throws {
        let (finding, _) = try finding("click.acme.example") { .packet(Packet($0, flags: flags).bytes) }
        #expect(finding.verdict == .unreachable(reason: "the resolver says \(name)"))
    }

    @Test func `a referral is no statement`() throws {
        let (finding, _) = try finding("click.acme.example") {
            .packet(Packet($0).adding("example", 2, Packet.name("ns.example"), at: 9).bytes)
        }
        #expect(
            finding.verdict
                == .unreachable(
                    reason: "the DNS server names others to ask: it is no resolver for this domain"))
    }

    @Test func `silence is no statement`() throws {
        let (finding, questions) = try finding("click.acme.example") { _ in .packet(nil) }
        #expect(finding.verdict == .unreachable(reason: "no answer from the resolver in time"))
        #expect(questions.count == 8)  // four tries each
    }

    @Test func `nobody at the resolver's port is no statement`() throws {
        let resolver = try ScriptedResolver { _ in .packet(nil) }
        resolver.stop()
        while resolver.isServing {}
        let verifier = try verifier(asking: [resolver])
        let question = DomainQuestion(
            domain: try TrackingDomain(parsing: "click.acme.example"), needsHTTPS: false)
        verifier.verify([question]) {
            #expect($1.verdict == .unreachable(reason: "the resolver cannot be reached"))
        }
    }

    @Test func `an answer with another id is not ours`() throws {
        let (finding, _) = try finding("click.acme.example") { question in
            var packet = Packet(question).cname(question.name, "track.relay.example")
            packet.bytes[0] ^= 0xFF
            return .packet(packet.bytes)
        }
        #expect(finding.verdict == .unreachable(reason: "no answer from the resolver in time"))
    }

    @Test func `an answer to another question is not ours`() throws {
        let (finding, _) = try finding("click.acme.example") { question in
            var other = question
            other.packet[13] ^= 1
            return .packet(Packet(other).a("blick.acme.example", "192.0.2.1").bytes)
        }
        #expect(finding.verdict == .unreachable(reason: "no answer from the resolver in time"))
    }

    @Test func `a lost packet is asked for again`() throws {
        let lost = Lost()
        let (finding, _) = try finding("click.acme.example") { question in
            if lost.isFirst(question.type) { return .packet(nil) }
            return .packet(
                Packet(question).cname(question.name, "track.relay.example").a(
                    "track.relay.example", "192.0.2.1"
                ).bytes)
        }
        #expect(finding.verdict == .verified)
    }

    @Test func `a truncated answer is fetched over TCP`() throws {
        let (finding, questions) = try finding("click.acme.example") { question in
            var packet = Packet(question).cname(question.name, "track.relay.example")
            for number in 0..<100 { packet = packet.a("track.relay.example", "192.0.2.\(number)") }
            return .truncated(packet.bytes)
        }
        #expect(finding.verdict == .verified)
        #expect(finding.addresses.count == 100)
        #expect(!questions.filter(\.overTCP).isEmpty)
    }

    @Test func `the next resolver is asked where the first knows nothing`() throws {
        let broken = try ScriptedResolver { .packet(Packet($0, flags: 0x8182).bytes) }
        let silent = try ScriptedResolver { _ in .packet(nil) }
        let good = try ScriptedResolver(
            zone { $1.cname($0.name, "track.relay.example").a("track.relay.example", "192.0.2.1") })
        defer { for resolver in [broken, silent, good] { resolver.stop() } }
        let question = DomainQuestion(
            domain: try TrackingDomain(parsing: "click.acme.example"), needsHTTPS: false)
        for first in [broken, silent] {
            try verifier(asking: [first, good]).verify([question]) { #expect($1.verdict == .verified) }
        }
    }

    @Test func `an IDN is asked for as A-labels`() throws {
        let (finding, questions) = try finding(
            "klick.b\u{FC}cher.example",
            zone { $1.cname($0.name, "track.relay.example").a("track.relay.example", "192.0.2.1") })
        #expect(finding.verdict == .verified)
        #expect(questions.allSatisfy { $0.name == "klick.xn--bcher-kva.example" })
    }

    @Test func `each host is asked for once in a batch, and the target only where it is needed`() throws {
        let resolver = try ScriptedResolver(
            zone { $0.name.hasPrefix("flat") || $0.name.hasPrefix("track") ? $1.a($0.name, "192.0.2.1") : $1 }
        )
        defer { resolver.stop() }
        var verifier = try verifier(asking: [resolver], settings: "https_check: off")
        verifier.patience.dns.firstTry = .seconds(10)
        let domains = (0..<200).flatMap { ["flat\($0).example", "none\($0).example"] }
        let questions = try (domains + domains).enumerated().map { number, domain in
            DomainQuestion(domain: try TrackingDomain(parsing: domain), needsHTTPS: number < domains.count)
        }
        var found: [DomainQuestion: DomainFinding] = [:]
        verifier.verify(questions) { found[$0] = $1 }
        #expect(found.count == 800)
        for (question, finding) in found {
            let isFlat = question.domain.host.description.hasPrefix("flat")
            #expect(finding.verdict == (isFlat ? .flattened : .missing))
        }
        #expect(resolver.questions.count == 2 * 401)
    }
}
