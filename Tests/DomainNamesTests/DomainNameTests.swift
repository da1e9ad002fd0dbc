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

    /// What browsers connect to as an address (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    @Test(arguments: [
        "192.0.2.1", "127.1", "0x7f.1", "1.2.3.0x4", "1.2.3.0X4.", "click.acme.0x", "click.acme.09",
        "1.2.3.\u{FF14}",
        "2130706433", "0x7f000001",
    ])
    func `an IPv4 address is refused in every spelling`(_ text: String) {
        #expect(throws: DomainName.Problem.address) { try DomainName(reading: text) }
    }

    @Test func `a label that only looks like a number is none`() {
        #expect(DomainName("1.2.3.0x4g") != nil)
        #expect(DomainName("0x7f.acme.example") != nil)
        #expect(DomainName("127.0.0.1.example") != nil)
    }

    @Test func `what DNS has no room for is refused`() {
        let label = String(repeating: "a", count: 63)
        let longest = "\(label).\(label).\(label).\(label.dropLast(2))"
        #expect(DomainName(longest) != nil)
        #expect(throws: DomainName.Problem.tooLong(octets: 254)) { try DomainName(reading: longest + "a") }
        #expect(throws: DomainName.Problem.labelTooLong(octets: 64)) {
            try DomainName(reading: "a\(label).example")
        }
    }

    @Test(arguments: [
        ("co.uk", true), ("github.io", true), ("foo.ck", true), ("xn--55qx5d.cn", true), ("bbc.co.uk", false),
        ("www.ck", false), ("acme.example", false), ("acme.test", false), ("click.acme.com", false),
    ])
    func `public suffixes are those that the list names`(_ text: String, _ isSuffix: Bool) throws {
        #expect(PublicSuffix.contains(try DomainName(reading: text)) == isSuffix)
    }

    @Test func `the registered name is where the owner's zone begins`() throws {
        func registered(_ text: String) throws -> String? {
            PublicSuffix.registeredName(of: try DomainName(reading: text))?.description
        }
        #expect(try registered("click.news.acme.co.uk") == "acme.co.uk")
        #expect(try registered("acme.example") == "acme.example")
        #expect(try registered("click.acme.example") == "acme.example")
        #expect(try registered("co.uk") == nil)
    }

    @Test func `a pattern means the hosts below a domain at any depth`() throws {
        let pattern = try #require(DomainPattern("*.t.relay.example"))
        let matches = try ["a.t.relay.example", "a.b.t.relay.example"].map { try #require(DomainName($0)) }
        let others = try ["t.relay.example", "at.relay.example"].map { try #require(DomainName($0)) }
        #expect(matches.allSatisfy(pattern.matches))
        #expect(!others.contains(where: pattern.matches))
    }
}
