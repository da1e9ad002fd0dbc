import Configuration
import Testing

@testable import PostgreSQLSenders
@testable import Senders

@Suite(.enabled(if: Server.bin != nil, "PostgreSQL is not installed: make install-deps"))
struct LookupTests {
    @Test func theDocumentsExample() throws {
        let world = try World(Example.rows)
        #expect(world.identify("<News@ACME.example>", login: "Acme", client: "192.0.2.1") == "acme")
        #expect(world.identify("<a@deep.mail.acme.example>", login: "acme") == "acme")
        #expect(world.identify("<news@acme-mail.example>", login: "acme") == "acme")
        #expect(world.identify("<>", login: "ACME") == "acme")
        #expect(world.identify("<other@acme-mail.example>").hasPrefix("no sender"))
        #expect(world.identify("<a@linden.example>") == "linden")
        #expect(world.identify("<a@sub.linden.example>").hasPrefix("no sender"))
        #expect(
            world.identify("<a@acme.example>", login: "linden").hasSuffix(": acme does not accept this login")
        )
        #expect(world.identify("<>", from: ["A <a@linden.example>"]) == "linden")
        #expect(world.identify("<>", from: ["a@linden.example, b@acme.example"]).contains("several senders"))
        let acme = try #require(
            world.directory.identify(sender: "<>", login: "acme", client: Client(nil), headerFrom: []).sender)
        #expect(acme.trackingDomain.description == "click.acme.example")
        #expect(acme.scheme == .https)
        #expect(acme.attachment as? String == "plugins of acme")
        guard case .settings(let opens)? = acme.plugins["open-tracking"],
            case .off? = acme.plugins["forward-to-friend"]
        else {
            Issue.record("the plugins are \(acme.plugins)")
            return
        }
        #expect(opens.trackingDomain?.description == "img.acme.example")
        #expect(world.told.isEmpty)
    }

    @Test func theMostSpecificFirst() throws {
        let world = try World(
            """
            INSERT INTO senders (id, tracking_domain) SELECT n, n || '.click.example'
              FROM unnest(ARRAY['exact', 'domain', 'near', 'far']) n;
            INSERT INTO sender_addresses VALUES ('a@b.c.example', 'exact'), ('@b.c.example', 'domain'),
              ('@*.c.example', 'near'), ('@*.example', 'far');
            """)
        #expect(world.identify("a@b.c.example") == "exact")
        #expect(world.identify("x@b.c.example") == "domain")
        #expect(world.identify("x@x.c.example") == "near")
        #expect(world.identify("x@x.y.c.example") == "near")
        #expect(world.identify("x@c.example") == "far")
        #expect(world.identify("x@example").hasPrefix("no sender"))
    }

    @Test func networksGuard() throws {
        let world = try World(
            """
            INSERT INTO senders (id, tracking_domain, networks) VALUES ('a', 'c.a.example', '{192.0.2.0/24,2001:db8::/32}');
            INSERT INTO sender_addresses VALUES ('@a.example', 'a');
            """)
        #expect(world.identify("x@a.example", client: "192.0.2.7") == "a")
        #expect(world.identify("x@a.example", client: "2001:db8::7") == "a")
        #expect(
            world.identify("x@a.example", client: "198.51.100.7").hasSuffix("does not accept this client"))
        #expect(world.identify("x@a.example", login: "a", client: "192.0.2.7").contains("does not accept"))
    }

    @Test func severalRowsAreContested() throws {
        let world = try World(
            "INSERT INTO senders (id, tracking_domain, logins) VALUES ('a', 'c.a.example', '{both,a}'), ('b', 'c.b.example', '{both}')",
            query: "SELECT id, tracking_domain, logins FROM senders WHERE $1 LIKE '@%.example'")
        #expect(world.identify("x@a.example").hasSuffix("several senders claim the address"))
        #expect(world.identify("<>", login: "a") == "a")
        #expect(world.identify("<>", login: "both").hasPrefix("no sender"))
    }

    /// The table of the example keeps them out; somebody else's may not.
    @Test(
        arguments: [
            ("'a', 'not a host', '{}'::text[], '{}'", "column tracking_domain", "expected a host name"),
            ("'a', 'track.relay.example', NULL, NULL", "column tracking_domain", "default tracking domain"),
            ("'a', NULL, NULL, NULL", "sender a", "missing key `tracking_domain`"),
            ("'a b', 'c.a.example', NULL, NULL", "sender a b", "expected an id"),
            ("NULL, 'c.a.example', NULL, NULL", "answer for", "expected an id, found null"),
            ("'a', 'c.a.example', '{NULL}'::text[], NULL", "column logins", "not null"),
            ("'a', 'c.a.example', '{{a},{b}}'::text[], NULL", "column logins", "expected an array"),
            ("'a', 'c.a.example', NULL, '{\"nothing\": \"off\"}'", "column plugins:1:2", "unknown plugin"),
            (
                "'a', 'c.a.example', NULL, '{\"open-tracking\": 3}'", "column plugins:1:19",
                "expected off, on or"
            ),
            ("'a', 'c.a.example', NULL, '{'", "column plugins", "not valid YAML"),
            ("'a', 'c.a.example', NULL, '{\"subscription\": \"on\"}'", "sender a", "expected none"),
        ])
    func aBrokenRow(values: String, place: String, words: String) throws {
        let world = try World(
            query: """
                SELECT id, tracking_domain, logins, plugins FROM (VALUES (\(values))) AS t (id, tracking_domain, logins, plugins)
                WHERE $1 = '@a.example'
                """)
        for _ in 0..<3 { #expect(world.identify("x@a.example").hasSuffix("has errors")) }
        #expect(world.identify("x@b.example").hasPrefix("no sender"))
        #expect(world.told.count == 1)
        #expect(world.told.first?.contains(place) == true, "\(world.told)")
        #expect(world.told.first?.contains(words) == true, "\(world.told)")
    }

    @Test(
        arguments: [
            ("'acme'::text", ["acme"]), ("'{acme}'::text", ["{acme}"]),
            ("'{\"two, words\",\"a\\\\b\",x}'::text[]", ["two, words", "a\\b", "x"]),
            ("'[\"acme\", \"b\"]'::jsonb", ["acme", "b"]), ("ARRAY['NULL']", ["null"]), ("NULL::text[]", []),
            ("'{}'::varchar[]", []), ("42", ["42"]), ("ARRAY['ÄÖ', '\"', '', ' ']", []),
        ])
    func listsInManyTypes(sql: String, logins: [String]) throws {
        let world = try World(
            query:
                "SELECT 'a' AS id, 'c.a.example' AS tracking_domain, \(sql) AS logins WHERE $1 = '@a.example'"
        )
        let owner = world.senders.owner(
            of: try #require(MailAddress(localPart: Array("x".utf8), domain: "a.example".utf8)))
        if sql.contains("''") {
            // An empty login is an error in a file, too.
            guard case .broken? = owner else { Issue.record("\(String(describing: owner))"); return }
            return
        }
        guard case .sender(let sender)? = owner else { Issue.record("\(world.told)"); return }
        #expect(sender.logins.map(\.value) == logins)
    }

    @Test func anAddressIsNeverSQL() throws {
        let world = try World(Example.rows)
        let attacks = [
            "'; DROP TABLE senders; --@x.example", "x' OR '1'='1@acme.example", "$1@x.example",
            "\\'; DELETE FROM senders; --@x.example", "%@x.example", "x\u{0}@x.example",
        ]
        for attack in attacks {
            _ = world.identify(attack, login: attack, from: ["\"\(attack)\"@x.example"])
            _ = world.senders.owner(ofLogin: attack)
            if let address = MailAddress(localPart: Array(attack.utf8), domain: "x.example".utf8) {
                #expect(world.senders.owner(of: address) == nil)
            }
        }
        #expect(try world.sql("SELECT count(*) FROM senders") == "2\n")
        #expect(world.identify("<>", login: "x' OR 'a'='a").hasPrefix("no sender"))
    }

    /// Swift compares canonically equivalent texts as equal, PostgreSQL does not.
    @Test func keysAreComposed() throws {
        let world = try World(
            """
            INSERT INTO senders (id, tracking_domain) VALUES ('a', 'c.a.example');
            INSERT INTO sender_addresses VALUES (U&'caf\\00E9@a.example', 'a'), ('@xn--bcher-kva.example', 'a');
            """)
        #expect(world.identify("cafe\u{301}@a.example") == "a")
        #expect(world.identify("x@Bücher.example") == "a")
    }

    @Test func anEndlessAddressIsNotAsked() throws {
        let world = try World(Example.rows)
        let long = String(repeating: "x", count: 100_000)
        #expect(world.identify("\(long)@linden.example") == "linden")
        #expect(world.database.count == 1)
    }
}

extension SenderOwner? {
    fileprivate static func == (owner: SenderOwner?, nothing: Void?) -> Bool {
        if case nil = owner { true } else { false }
    }
}
