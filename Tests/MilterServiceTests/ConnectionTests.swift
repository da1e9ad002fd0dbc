import CMilter
import Filtering
import Glibc
import MilterTestServer
import Synchronization
import Testing

@testable import MilterService

extension MilterServiceTests {
    @Suite struct Connections {
        /// Whether all sessions and messages are gone.
        private func allIsQuiet() -> Bool {
            wait { MilterServer.liveSessions == 0 && MilterServer.liveMessages == 0 }
        }

        @Test func `many messages travel on one connection`() throws {
            do {
                let client = try TestService.client()
                for number in 0..<200 {
                    let script = ["uppercase", "nothing", "accept-at-mail", "tempfail-at-eoh"][number % 4]
                    let expected = [["b", "c"], ["c"], ["a"], ["t"]][number % 4] as [Character]
                    #expect(
                        try client.message(from: "<\(script)@many\(number).example>").map(\.kind) == expected)
                    // MTAs send ABORT after some messages, too.
                    if number % 3 == 0 { try client.send("A") }
                }
                #expect(MilterServer.liveSessions == 1)
                try client.send("Q")
            }
            #expect(allIsQuiet())
        }

        @Test func `several connections are served at once`() throws {
            _ = TestService.path
            let done = Atomic<Int>(0)
            let wrong = Atomic<Int>(0)
            for thread in 0..<8 {
                _ = startThread {
                    defer { done.add(1, ordering: .sequentiallyConsistent) }
                    guard let client = try? TestService.client() else {
                        wrong.add(1, ordering: .sequentiallyConsistent)
                        return
                    }
                    for number in 0..<50 {
                        let text = "thread \(thread) message \(number)\r\n"
                        let packets = try? client.message(
                            from: "<uppercase@t\(thread)-\(number).example>", body: Array(text.utf8))
                        if packets?.first?.data != Array(text.uppercased().utf8) {
                            wrong.add(1, ordering: .sequentiallyConsistent)
                        }
                    }
                }
            }
            #expect(wait(seconds: 30) { done.load(ordering: .sequentiallyConsistent) == 8 })
            #expect(wrong.load(ordering: .sequentiallyConsistent) == 0)
            #expect(allIsQuiet())
        }

        @Test func `an aborted message leaves nothing behind, and the next one is clean`() throws {
            let client = try TestService.client()
            #expect(try client.mail("<uppercase@aborted.example>") == "c")
            try client.header("Subject", " never")
            #expect(try client.endOfHeaders() == "c")
            try client.body(Array("never\r\n".utf8))
            try client.send("A")
            let packets = try client.message(from: "<uppercase@next.example>", headers: [:])
            #expect(packets.first?.data == Array("HELLO\r\n".utf8))
            #expect(MilterServer.liveMessages == 0)
            #expect(TestService.heard("<uppercase@aborted.example>").last == "body")
        }

        @Test(arguments: 0..<9) func `a connection cut at any step leaves nothing behind`(steps: Int) throws {
            do {
                let client = try MilterClient(unix: TestService.path)
                let dialogue: [() throws -> Void] = [
                    { try client.send("O", [0, 0]) },
                    { try client.negotiate() },
                    { try client.connect() },
                    { _ = try client.mail("<cut@\(steps).example>") },
                    { try client.header("Subject", " cut") },
                    { _ = try client.endOfHeaders() },
                    { try client.body(Array("cut\r\n".utf8)) },
                    { try client.send("E") },
                    { try client.send("Z", [1, 2, 3]) },
                ]
                for step in dialogue[(steps == 0 ? 0 : 1)...steps] { try step() }
            }
            #expect(allIsQuiet())
        }

        @Test func `a connection cut while the new body is sent leaves nothing behind`() throws {
            do {
                let client = try TestService.client()
                #expect(try client.mail("<all@cut.example>") == "c")
                #expect(try client.endOfHeaders() == "c")
                for _ in 0..<100 { try client.body(Array(repeating: 0x78, count: 65535)) }
                try client.send("E")
                #expect(try client.receive().kind == "m")
            }
            #expect(allIsQuiet())
        }

        @Test func `after QUIT_NC the connection goes on with another client`() throws {
            do {
                let client = try MilterClient(unix: TestService.path)
                try client.negotiate(steps: MilterClient.allSteps & ~UInt32(SMFIP_HDR_LEADSPC))
                try client.connect()
                _ = try client.message(from: "<nothing@first.example>")
                try client.send("K")
                try client.connect(address: "192.0.2.99")
                let sender = "<all@second.example>"
                let packets = try client.message(from: sender, headers: ["Subject": "x"])
                #expect(TestService.heard(sender).first?.contains("client=192.0.2.99") == true)
                #expect(TestService.heard(sender).contains("header Subject: x"))
                #expect(packets.first?.data.suffix(13) == cString("<https://b/>")[...])
                try client.send("Q")
            }
            #expect(allIsQuiet())
        }

        @Test func `two MAIL commands without ABORT between are two messages`() throws {
            let client = try TestService.client()
            #expect(try client.mail("<nothing@lost.example>") == "c")
            #expect(try client.message(from: "<uppercase@kept.example>").map(\.kind) == ["b", "c"])
            #expect(MilterServer.liveMessages == 0)
        }

        @Test func `no callback ran on the main thread`() {
            let all = ScriptedFilter.heard.withLock { $0.values.joined() }
            #expect(!all.contains { $0.hasPrefix("ON THE MAIN THREAD") })
        }
    }
}
