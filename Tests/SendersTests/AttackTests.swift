import Testing

@testable import Senders

/// What a hostile customer of a relay would try in order to have its links on somebody else's domain. Mallory has a
/// login of her own; `bank` is guarded by its login, `shop` by its network, `open` by nothing.
@Suite struct AttackTests {
    static let world = [
        "bank": sender("\"@bank.example\", \"@*.bank.example\"", "logins: [bank]\n"),
        "shop": sender("\"@shop.example\"", "networks: [10.1.0.0/16]\n"),
        "mallory": sender("\"@mallory.example\"", "logins: [mallory]\n"),
        "open": sender("\"@open.example\""),
    ]

    /// Whose domain Mallory's message gets; nil where it stays on the default one.
    private func stolen(
        envelope: String, login: String? = "mallory", client: String? = "192.0.2.66", from: [String] = []
    ) throws -> String? {
        let found = try World(main: "identify_sender_by: [envelope_from, header_from, login]\n", Self.world)
            .identify(envelope, login: login, client: client, from: from)
        return Self.world[found] == nil ? nil : found
    }

    @Test(arguments: [
        "<ceo@bank.example>", "<CEO@BANK.EXAMPLE>", "<ceo@mail.bank.example>", "<ceo@bank.example.>",
        "<@mallory.example:ceo@bank.example>", "<\"ceo\"@bank.example>", "<mallory+x@bank.example>",
    ])
    func `a forged envelope does not give her the bank's domain`(_ envelope: String) throws {
        #expect(try stolen(envelope: envelope) == "mallory", "her own login is what is left to go by")
        #expect(try stolen(envelope: envelope, login: nil) == nil)
        #expect(try stolen(envelope: envelope, login: "") == nil)
        #expect(try stolen(envelope: envelope, login: nil, client: "10.1.2.3") == nil, "the shop's network")
        #expect(try stolen(envelope: envelope, login: nil, client: nil) == nil, "local submission")
    }

    @Test(arguments: [
        " ceo@bank.example", " Mallory <ceo@bank.example>", " \"ceo@bank.example\" <x@shop.example>",
        " =?utf-8?q?ceo=40bank.example?= <ceo@bank.example>", " team: ceo@bank.example;",
        " ceo@(x)bank.example", " (mallory) ceo@bank.example",
    ])
    func `a forged From field does not give her anybody's domain`(_ from: String) throws {
        #expect(try stolen(envelope: "<>", from: [from]) == "mallory")
        #expect(try stolen(envelope: "<>", login: nil, from: [from]) == nil)
    }

    @Test(arguments: [
        // Two addresses, of which one is hers or nobody's.
        " x@open.example, ceo@bank.example", " ceo@bank.example, x@open.example",
        " x@open.example, y@z.example",
        " team: x@open.example, ceo@bank.example;", " x@open.example, undisclosed:;, ceo@bank.example",
        // Two readings.
        " x@open.example <ceo@bank.example>", " <x@open.example> <ceo@bank.example>",
        " =?utf-8?q?x=40open.example?=", " (x@open.example)", " \"x@open.example\"", " x@open.example\0",
        " x@open.example@bank.example", " x@open.example.evil.test", " x@xopen.example",
        " x@sub.open.example",
    ])
    func `a From field of two minds is nobody's, not even an unguarded sender's`(_ from: String) throws {
        #expect(try stolen(envelope: "<>", login: nil, from: [from]) == nil)
    }

    @Test func `two From fields are nobody's`() throws {
        #expect(try stolen(envelope: "<>", login: nil, from: [" x@open.example", " x@open.example"]) == nil)
    }

    @Test func `a sub-domain of somebody's domain is not that somebody`() throws {
        #expect(try stolen(envelope: "<x@sub.open.example>", login: nil) == nil)
        #expect(try stolen(envelope: "<x@bank.example.evil.test>", login: nil) == nil)
    }

    @Test(arguments: [
        // The bounce address is the relay's; the sender stands in the header.
        "<bounce+x=y.example@relay.example>", "<SRS0=HHH=TT=bank.example=ceo@relay.example>",
        "<prvs=1234567890=x@relay.example>", "<>", "<bounce-17-x=y.example@relay.example>",
    ])
    func `a bounce address leads to the real sender in the header, guard included`(_ envelope: String) throws
    {
        #expect(try stolen(envelope: envelope, login: nil, from: [" x@open.example"]) == "open")
        #expect(try stolen(envelope: envelope, login: "bank", from: [" ceo@bank.example"]) == "bank")
        #expect(try stolen(envelope: envelope, from: [" ceo@bank.example"]) == "mallory")
        #expect(
            try stolen(envelope: envelope, login: nil, client: "10.1.9.9", from: [" x@shop.example"])
                == "shop")
    }

    @Test(arguments: [
        "<prvs=1234567890=x@open.example>", "<bounce+user=y.example@open.example>",
        "<SRS0=HHH=TT=bank.example=ceo@open.example>", "<sales+tag@OPEN.example>",
        "<b\u{FC}ro@open.example>",
    ])
    func `tags in the local part neither hide nor forge the domain`(_ envelope: String) throws {
        #expect(try stolen(envelope: envelope, login: nil) == "open")
    }

    @Test func `a tagged address is not the address that somebody claims`() throws {
        let world = try World([
            "ceo": sender("ceo@corp.example"), "umlaut": sender("\"bu\u{308}ro@corp.example\""),
        ])
        #expect(world.identify("<ceo+x@corp.example>").hasPrefix("no sender"))
        #expect(world.identify("<CEO@Corp.Example>") == "ceo")
        #expect(world.identify("<B\u{DC}RO@corp.example>") == "umlaut", "SMTPUTF8, composed or not")
        #expect(world.identify("<\u{441}eo@corp.example>").hasPrefix("no sender"), "a Cyrillic letter")
    }

    @Test(arguments: ["bank ", " bank", "bank\0", "bank@realm", "ban\u{212A}", "bank,mallory"])
    func `a login like the bank's is not the bank's`(_ login: String) throws {
        #expect(try stolen(envelope: "<ceo@bank.example>", login: login) == nil)
    }
}
