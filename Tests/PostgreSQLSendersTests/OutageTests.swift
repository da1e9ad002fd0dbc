import Configuration
import DomainNames
import Foundation
import Glibc
import Senders
import Synchronization
import Testing

@testable import PostgreSQLSenders

@Suite(.enabled(if: Server.bin != nil, "PostgreSQL is not installed: make install-deps"))
struct OutageTests {
    private func seconds(_ body: () -> Void) -> Double {
        let start = Date.now
        body()
        return Date.now.timeIntervalSince(start)
    }

    private func isUnavailable(_ answer: String) -> Bool {
        answer.hasSuffix(": the sender database does not answer")
    }

    @Test func killedAndBack() throws {
        let server = try Server()
        let world = try World(Example.rows, server: server, more: "cache: { time_to_live: 1s }")
        #expect(world.identify("x@linden.example") == "linden")
        #expect(world.identify("<x@nobody.example>").hasSuffix("127.0.0.1)"))
        server.stop(SIGKILL)
        // The first notices; from then on nothing waits.
        let first = seconds { #expect(isUnavailable(world.identify("<news@acme-mail.example>"))) }
        #expect(first < 1)
        usleep(1_100_000)
        let rest = seconds {
            for number in 0..<200 { #expect(isUnavailable(world.identify("<\(number)@acme.example>"))) }
            #expect(world.identify("x@linden.example") == "linden")
            #expect(world.identify("<x@nobody.example>").hasSuffix("127.0.0.1)"))
        }
        #expect(rest < 0.5)
        try server.start()
        #expect(world.eventually { world.identify("<new@linden.example>") == "linden" })
        #expect(world.identify("news@acme-mail.example", login: "acme") == "acme")
        #expect(world.told.count == 2, "\(world.told)")
        #expect(world.told.first?.hasPrefix("away: ") == true && world.told.last == "back")
    }

    /// A restart that nobody notices but for dead connections costs no message its sender.
    @Test func restartedBetweenTwoMessages() throws {
        let server = try Server()
        let world = try World(Example.rows, server: server)
        #expect(world.identify("x@linden.example") == "linden")
        server.stop(SIGQUIT)
        try server.start()
        #expect(world.identify("y@linden.example") == "linden")
        #expect(world.told.isEmpty, "\(world.told)")
    }

    /// A server that is there, but does not answer.
    @Test func stopped() throws {
        let server = try Server()
        let world = try World(
            Example.rows, server: server, more: "timeout: 1s\n    cache: { time_to_live: 1s }")
        #expect(world.identify("x@linden.example") == "linden")
        usleep(1_100_000)
        server.signal(SIGSTOP)
        let slowest = Mutex(0.0)
        onThreads(8) { thread in
            let time = seconds {
                let answer = world.identify(
                    thread % 2 == 0 ? "x@linden.example" : "<x\(thread)@acme.example>", from: ["b@b.example"])
                #expect(thread % 2 == 0 ? answer == "linden" : isUnavailable(answer), "\(answer)")
            }
            slowest.withLock { $0 = max($0, time) }
        }
        #expect(slowest.withLock { $0 } < 1.9)
        #expect(world.eventually(5) { world.told.count == 1 })
        #expect(seconds { _ = world.identify("<z@acme.example>") } < 0.2)
        server.signal(SIGCONT)
        #expect(world.eventually { world.identify("<z@acme.example>", login: "acme") == "acme" })
        #expect(world.told.last == "back")
    }

    @Test func awayFromTheStart() throws {
        let server = try Server()
        let world = try World(Example.rows, server: server, starts: false)
        server.stop(SIGQUIT)
        world.start()
        #expect(isUnavailable(world.identify("<x@linden.example>")))
        guard case .unreachable(let error) = world.database.check() else { Issue.record("reachable"); return }
        #expect(
            error.description.hasPrefix(
                "signpost.yaml:4:17: error: the sender database: connection to server"))
        try server.start()
        #expect(world.eventually { world.identify("x@linden.example") == "linden" })
    }

    /// A slow query costs its own key, and nobody else.
    @Test func aSlowQuery() throws {
        let world = try World(
            query: """
                SELECT 'a' AS id, 'c.a.example' AS tracking_domain
                WHERE CASE WHEN $1 LIKE '%slow%' THEN pg_sleep(30) IS NULL ELSE $1 = '@a.example' END
                """, more: "timeout: 1s")
        #expect(world.identify("x@a.example") == "a")
        let slow = seconds { #expect(isUnavailable(world.identify("<slow@a.example>"))) }
        #expect((0.9...1.8).contains(slow), "\(slow)")
        // The same message asks again at the end of its header.
        let again = seconds { #expect(isUnavailable(world.identify("<slow@a.example>"))) }
        #expect(again < 0.3)
        let other = seconds { #expect(world.identify("y@a.example") == "a") }
        #expect(other < 0.8)
        #expect(world.told.isEmpty, "\(world.told)")
        // The server does not go on for 30 s with what nobody waits for.
        #expect(
            world.eventually(5) {
                let running =
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(world.name)' AND state = 'active'"
                return (try? world.server.sql(running)) == "0\n"
            })
    }

    @Test func tooFewConnections() throws {
        let world = try World(
            query:
                "SELECT 'a' AS id, 'c.a.example' AS tracking_domain FROM pg_sleep(0.4) WHERE $1 LIKE '_@a.example'",
            more: "timeout: 1s\n    connections: 1")
        let answers = Mutex<[String]>([])
        let time = seconds {
            onThreads(8) { thread in
                let answer = world.identify("\(thread)@a.example")
                answers.withLock { $0.append(answer) }
            }
        }
        let found = answers.withLock { $0.count { $0 == "a" } }
        let busy = answers.withLock {
            $0.count {
                $0.hasSuffix("all 1 connections to the sender database are busy") || isUnavailable($0)
            }
        }
        #expect(found >= 1 && found + busy == 8, "\(answers.withLock { $0 })")
        #expect(time < 2.5)
    }

    /// The server grants fewer connections than we would like: mail goes on with those.
    @Test func fewerThanAllowed() throws {
        let server = try Server()
        try server.sql("ALTER ROLE signpost CONNECTION LIMIT 1")
        let world = try World(
            server: server,
            query:
                "SELECT 'a' AS id, 'c.a.example' AS tracking_domain FROM pg_sleep(0.05) WHERE $1 LIKE '_@a.example'"
        )
        let found = Mutex(0)
        onThreads(8) { thread in
            if world.identify("\(thread)@a.example") == "a" { found.withLock { $0 += 1 } }
        }
        #expect(found.withLock { $0 } == 8)
        #expect(world.told.isEmpty, "\(world.told)")
    }

    /// What was prepared is gone, or does not fit any more.
    @Test func preparedStatementsOutdated() throws {
        let world = try World(Example.rows)
        #expect(world.identify("a@linden.example") == "linden")
        try world.sql("ALTER TABLE senders ALTER COLUMN scheme TYPE varchar(10)")
        #expect(world.sender("b@linden.example", in: world.reloaded)?.id == "linden")
    }

    @Test func aQueryThatFailsForOneKey() throws {
        let world = try World(
            query:
                "SELECT 'a' AS id, 'c.a.example' AS tracking_domain WHERE 1 / length(replace($1, 'z@z.example', '')) >= 0"
        )
        #expect(
            world.identify("<z@z.example>").contains(
                "the sender database refuses the query: ERROR:  division by zero"))
        #expect(world.identify("<y@z.example>") == "a")
        #expect(world.told.isEmpty)
    }

    @Test func stopsWithItsLastUser() throws {
        let server = try sharedServer.get()
        var world: World? = try World(Example.rows)
        #expect(world?.identify("x@linden.example") == "linden")
        let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(world?.name ?? "")'"
        #expect(try server.sql(count) == "1\n")
        world = nil
        let end = Date.now + 5
        while try server.sql(count) != "0\n", Date.now < end { usleep(10_000) }
        #expect(try server.sql(count) == "0\n")
    }
}
