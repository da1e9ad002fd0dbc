import Configuration
import DomainNames
import Foundation
import Synchronization
import Testing

@testable import PostgreSQLSenders
@testable import Senders

@Suite(.enabled(if: Server.bin != nil, "PostgreSQL is not installed: make install-deps"))
struct CacheTests {
    private static let counting = """
        SELECT id, tracking_domain FROM senders JOIN sender_addresses ON sender_id = id
        WHERE address = $1 AND nextval('asked') > 0
        """

    /// A world whose database counts how often it is asked for a key that it has.
    private func countingWorld(more: String = "") throws -> World {
        try World(
            Example.rows + "CREATE SEQUENCE asked; GRANT USAGE ON SEQUENCE asked TO signpost;",
            query: CacheTests.counting, more: more)
    }

    private func asked(_ world: World) throws -> String {
        try world.sql("SELECT last_value FROM asked")
    }

    @Test func anAnswerIsRemembered() throws {
        let world = try countingWorld()
        for number in 0..<50 { #expect(world.identify("bounce+\(number)@linden.example") == "linden") }
        #expect(try asked(world) == "1\n")
        try world.sql("UPDATE senders SET tracking_domain = 'new.example'")
        #expect(world.sender("x@linden.example")?.trackingDomain.description == "links.linden.example")
        let reloaded = world.reloaded
        #expect(world.sender("x@linden.example", in: reloaded)?.trackingDomain.description == "new.example")
        #expect(world.sender("y@linden.example", in: reloaded)?.trackingDomain.description == "new.example")
        #expect(try asked(world) == "2\n")
    }

    @Test func forItsTimeToLive() throws {
        let world = try countingWorld(more: "cache: { time_to_live: 1s }")
        #expect(world.identify("x@linden.example") == "linden")
        #expect(world.identify("x@nobody.example").hasPrefix("no sender"))
        try world.sql(
            "DELETE FROM sender_addresses; INSERT INTO sender_addresses VALUES ('@nobody.example', 'acme')")
        #expect(world.identify("x@linden.example") == "linden")
        #expect(world.identify("x@nobody.example").hasPrefix("no sender"))
        #expect(world.eventually(5) { world.identify("x@nobody.example") == "acme" })
        #expect(world.eventually(5) { world.identify("x@linden.example").hasPrefix("no sender") })
    }

    @Test func withinBounds() throws {
        let world = try World(Example.rows, more: "cache: { entries: 100 }")
        for number in 0..<300 {
            #expect(world.identify("bounce+\(number)@linden.example") == "linden")
            #expect(world.identify("<x@\(number).nobody.example>").hasPrefix("no sender"))
        }
        #expect(world.database.count == 100)
    }

    @Test func manyThreadsAskOnce() throws {
        let world = try World(
            Example.rows + "CREATE SEQUENCE asked; GRANT USAGE ON SEQUENCE asked TO signpost;",
            query: """
                SELECT id, tracking_domain FROM senders, pg_sleep(0.2), nextval('asked')
                WHERE id = 'linden' AND $1 = 'x@linden.example'
                """)
        let found = Mutex(0)
        onThreads(16) { _ in
            if world.identify("x@linden.example") == "linden" { found.withLock { $0 += 1 } }
        }
        #expect(found.withLock { $0 } == 16)
        #expect(try asked(world) == "1\n")
    }

    @Test func manyThreadsManyKeys() throws {
        let world = try World(
            """
            INSERT INTO senders (id, tracking_domain) SELECT 's' || n, 'c' || n || '.example' FROM generate_series(0, 999) n;
            INSERT INTO sender_addresses SELECT '@d' || n || '.example', 's' || n FROM generate_series(0, 999) n;
            """, more: "cache: { entries: 700 }")
        let wrong = Mutex<[String]>([])
        onThreads(12) { thread in
            for step in 0..<1000 {
                let number = (step * 7 + thread * 131) % 1000
                let found = world.identify("x\(step % 3)@d\(number).example")
                if found != "s\(number)" { wrong.withLock { $0.append(found) } }
            }
        }
        #expect(wrong.withLock { $0 } == [])
        #expect(world.database.count == 700)
        #expect((1...4).contains(world.connections), "\(world.connections)")
    }

    /// Another reader, as after a reload with other default domains, makes its own senders of the same rows.
    @Test func anotherConfigurationReadsAnew() throws {
        let world = try World(Example.rows)
        #expect(world.identify("x@linden.example") == "linden")
        var settings = try World.settings(connection: "host=x", main: "")
        settings.defaultTrackingDomains = [try #require(.init("links.linden.example"))]
        let other = DatabaseSenders(world.database, settings: settings) { _, _ in nil }
        let address = try #require(MailAddress(localPart: Array("x".utf8), domain: "linden.example".utf8))
        guard case .broken(id: "linden")? = other.owner(of: address) else {
            Issue.record("not broken"); return
        }
        #expect(world.identify("x@linden.example") == "linden")
    }
}
