import Configuration
import Testing

@testable import Senders

@Suite struct IdentifyTests {
    @Test(arguments: [
        ("<news@acme.example>", "exact"), ("<NEWS@ACME.EXAMPLE.>", "exact"),
        ("<other@acme.example>", "domain"),
        ("<x@a.acme.example>", "parent"), ("<x@a.b.acme.example>", "parent"),
        ("<x@a.near.acme.example>", "near"),
        ("<x@near.acme.example>", "parent"), ("<news+1@acme.example>", "domain"),
    ])
    func `the most specific match wins`(_ envelope: String, _ id: String) throws {
        let world = try World([
            "domain": sender("\"@acme.example\""), "exact": sender("news@acme.example"),
            "near": sender("\"@*.near.acme.example\""), "parent": sender("\"@*.acme.example\""),
        ])
        #expect(world.errors.isEmpty)
        #expect(world.identify(envelope) == id)
    }

    @Test(arguments: [
        ("<x@y.example>", "no sender for <x@y.example> (login none, client 127.0.0.1)"),
        ("x@xacme.example", "no sender for <x@xacme.example> (login none, client 127.0.0.1)"),
        (
            "<x@acme.example.evil.test>",
            "no sender for <x@acme.example.evil.test> (login none, client 127.0.0.1)"
        ),
        ("<>", "no sender for <> (login none, client 127.0.0.1)"),
        ("<a\n@acme.example>", "no sender for <a\\u{A}@acme.example> (login none, client 127.0.0.1)"),
    ])
    func `no match is nobody, with a line for the log`(_ envelope: String, _ reason: String) throws {
        let world = try World(["acme": sender("\"@acme.example\", \"@*.acme.example\"")])
        #expect(world.identify(envelope) == reason)
    }

    @Test(arguments: [
        ("acme", "192.0.2.1", true), ("ACME", nil, true), ("other", "10.0.0.1", false),
        (nil, "10.0.0.1", true),
        ("", "10.0.0.1", true), (nil, "192.0.2.1", false), (nil, nil, false), (nil, "unknown", false),
        (nil, "::ffff:10.0.0.1", true),
    ])
    func `a guard accepts its logins, and its networks without a login`(
        _ login: String?, _ client: String?, _ accepted: Bool
    ) throws {
        let world = try World(
            main: "identify_sender_by: [envelope_from]\n",
            ["acme": sender("\"@acme.example\"", "logins: [Acme]\nnetworks: [10.0.0.0/8]\n")])
        let found = world.identify("<x@acme.example>", login: login, client: client)
        #expect((found == "acme") == accepted, "\(found)")
    }

    @Test func `a login of one's own is not enough for another sender`() throws {
        let world = try World([
            "acme": sender("\"@acme.example\"", "logins: [acme]\n"),
            "evil": sender("\"@evil.example\", \"@*.example\"", "logins: [evil]\n"),
        ])
        // The login decides first, and for its owner.
        #expect(world.identify("<x@acme.example>", login: "evil") == "evil")
        #expect(
            world.identify("<x@acme.example>", login: "mallory", client: "192.0.2.1")
                == "no sender for <x@acme.example> (login mallory, client 192.0.2.1): "
                + "acme does not accept this login")
        #expect(
            world.identify("<x@acme.example>", client: "192.0.2.1")
                == "no sender for <x@acme.example> (login none, client 192.0.2.1): "
                + "acme does not accept this client")
    }

    @Test func `a refused sender is not replaced by a less specific one, but the next source is asked`()
        throws
    {
        let world = try World([
            "news": sender("news@acme.example", "logins: [news]\n"), "acme": sender("\"@acme.example\""),
            "other": sender("\"@other.example\""),
        ])
        #expect(world.identify("<news@acme.example>").hasSuffix(": news does not accept this client"))
        #expect(world.identify("<news@acme.example>", from: [" x@other.example"]) == "other")
        #expect(world.identify("<x@acme.example>") == "acme")
    }

    @Test func `a login of several senders guards all and decides for none`() throws {
        let world = try World([
            "acme": sender("\"@acme.example\"", "logins: [Agency@Realm]\n"),
            "beta": sender("\"@beta.example\"", "logins: [agency@realm]\n"),
        ])
        #expect(world.errors.isEmpty)
        #expect(world.identify("<x@beta.example>", login: "AGENCY@realm") == "beta")
        #expect(world.identify("<x@acme.example>", login: "agency@realm") == "acme")
        #expect(world.identify("<x@y.example>", login: "agency@realm").hasPrefix("no sender"))
        #expect(world.identify("<x@acme.example>", login: "agency").hasPrefix("no sender"))
    }

    @Test func `sources are asked in their order`() throws {
        let files = ["a": sender("\"@a.example\""), "b": sender("\"@b.example\"", "logins: [b]\n")]
        let headerFirst = try World(main: "identify_sender_by: [header_from, login]\n", files)
        #expect(headerFirst.identify("<x@a.example>", login: "b", from: ["x@a.example"]) == "a")
        #expect(headerFirst.identify("<x@a.example>", login: "b") == "b")
        #expect(headerFirst.identify("<x@a.example>").hasPrefix("no sender"))
        let loginFirst = try World(files)
        #expect(loginFirst.identify("<x@a.example>", login: "b", from: ["x@a.example"]) == "b")
    }

    @Test func `the From field counts where it leads to one sender alone`() throws {
        let world = try World(["a": sender("\"@a.example\", \"@aa.example\""), "b": sender("\"@b.example\"")])
        let base = "no sender for <> (login none, client 127.0.0.1)"
        #expect(world.identify("<>", from: ["x@a.example"]) == "a")
        #expect(world.identify("<>", from: ["x@a.example, y@aa.example"]) == "a")
        #expect(
            world.identify("<>", from: ["x@a.example, y@b.example"]) == base
                + ": the From field names several senders")
        #expect(world.identify("<>", from: ["x@a.example, y@c.example"]) == base)
        #expect(world.identify("<>", from: ["x@a.example, y@[192.0.2.1]"]) == base)
        #expect(world.identify("<>", from: ["x@a.example", "x@a.example"]) == base + ": several From fields")
        #expect(world.identify("<>", from: ["x@a.example <"]) == base + ": the From field is malformed")
        #expect(world.identify("<>", from: []) == base)
    }

    @Test func `senders may come from elsewhere than a folder`() throws {
        let world = try World(["b": sender("\"@b.example\""), "a": sender("\"@a.example\"")])
        let directory = SenderDirectory(
            world.directory.senders.reversed(), identifySenderBy: [.envelopeFrom])
        let found = directory.identify(sender: "x@b.example", login: nil, client: Client(nil), headerFrom: [])
        #expect(found.sender?.id == "b")
        #expect(directory["a"]?.id == "a")
    }

    @Test func `what can be said before the header is said early`() throws {
        let files = ["a": sender("\"@a.example\"")]
        let world = try World(files)
        let early = { (world: World, sender: String) in
            world.directory.identifyBeforeHeader(sender: sender, login: nil, client: Client(nil))
        }
        #expect(early(world, "<x@a.example>")?.sender?.id == "a")
        #expect(early(world, "<x@b.example>") == nil)
        let envelopeOnly = try World(main: "identify_sender_by: [envelope_from]\n", files)
        #expect(early(envelopeOnly, "<x@b.example>") != nil)
        #expect(!envelopeOnly.directory.needsHeaderFrom)
        let headerFirst = try World(main: "identify_sender_by: [header_from, envelope_from]\n", files)
        #expect(early(headerFirst, "<x@a.example>") == nil)
    }
}
