import Testing

@testable import DomainNames

@Suite struct DomainNameTests {
    @Test(arguments: [
        ("track.relay.example", "track.relay.example"),
        ("TRACK.Relay.example.", "track.relay.example"),
        ("k\u{FC}lick.acme.example", "xn--klick-kva.acme.example"),
        ("track\u{3002}relay.example", "track.relay.example"),
    ])
    func `a host name is read in its canonical form`(_ text: String, _ canonical: String) {
        #expect(DomainName(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ".", "localhost", "-a.example", "a-.example", "a..example", "a b.example", "192.0.2.1",
        "a_b.example",
        "https://a.example", "a.example/x", "a.example:80", String(repeating: "a", count: 64) + ".example",
        "xn--a.example",
    ])
    func `what is not a host name is refused`(_ text: String) {
        #expect(DomainName(text) == nil)
    }

    @Test func `a pattern means the hosts below a domain at any depth`() throws {
        let pattern = try #require(DomainPattern("*.t.relay.example"))
        let matches = try ["a.t.relay.example", "a.b.t.relay.example"].map { try #require(DomainName($0)) }
        let others = try ["t.relay.example", "at.relay.example"].map { try #require(DomainName($0)) }
        #expect(matches.allSatisfy(pattern.matches))
        #expect(!others.contains(where: pattern.matches))
    }
}
