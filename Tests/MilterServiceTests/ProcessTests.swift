import CMilter
import Configuration
import Glibc
import Testing

@testable import MilterService

extension MilterServiceTests {
    @Suite struct Process {
        private func message(on port: UInt16) throws -> [Character] {
            let client = try MilterClient(port: port)
            try client.negotiate()
            try client.connect()
            return try client.message(from: "<uppercase@process.example>").map(\.kind)
        }

        @Test(arguments: [SIGHUP, SIGUSR1]) func `three thousand signals reload, and never stop`(
            signal: Int32
        ) throws {
            let server = try ChildProcess(["any"])
            let port = try server.port()
            #expect(!server.log.contains("SIGHUP stops"))
            for number in 0..<3000 {
                server.signal(signal)
                if number % 300 == 0 { #expect(try message(on: port) == ["b", "c"]) }
                if number % 7 == 0 { usleep(100) }
            }
            #expect(server.logged("reload ends"))
            #expect(try message(on: port) == ["b", "c"])
            let events = server.log.split(separator: "\n").filter { $0.hasPrefix("reload") }
            #expect(zip(events, events.dropFirst()).allSatisfy { $0 != $1 }, "one reload at a time")
            server.signal(SIGTERM)
            #expect(server.exitCode() == 0)
        }

        @Test(arguments: [SIGTERM, SIGINT]) func `a message under way is finished, and new ones find nobody`(
            signal: Int32
        ) throws {
            let server = try ChildProcess(["any"])
            let port = try server.port()
            let client = try MilterClient(port: port)
            try client.negotiate()
            try client.connect()
            #expect(try client.mail("<uppercase@drain.example>") == "c")
            try client.header("Subject", " drain")
            server.signal(signal)
            #expect(server.logged("stopping: 1 messages under way"))
            #expect(wait { (try? MilterClient(port: port)) == nil })
            usleep(300_000)
            #expect(server.exitCode(withinSeconds: 0) == nil)
            #expect(try client.endOfHeaders() == "c")
            try client.body(Array("drain\r\n".utf8))
            #expect(
                try client.endOfMessage() == [
                    Packet(kind: "b", data: Array("DRAIN\r\n".utf8)), Packet(kind: "c"),
                ])
            #expect(server.exitCode() == 0)
        }

        @Test func `a connection that never rests does not keep it, and no message is cut`() throws {
            let server = try ChildProcess(["any", "2000"])
            let port = try server.port()
            func client() throws -> MilterClient {
                let client = try MilterClient(port: port)
                try client.negotiate()
                try client.connect()
                return client
            }
            let slow = try client()
            let busy = try client()
            #expect(try slow.mail("<uppercase@slow.example>") == "c")
            server.signal(SIGTERM)
            #expect(server.logged("stopping: 1 messages under way"))
            var answers = ""
            while !answers.hasSuffix("a"), answers.count < 1000 {
                answers += try busy.message(from: "<uppercase@busy.example>").map { String($0.kind) }.joined()
                usleep(5000)
            }
            // Rewritten at first, and then left alone from its beginning, as on_error says.
            #expect(answers.hasPrefix("bcbc") && answers.hasSuffix("bca"))
            #expect(server.exitCode(withinSeconds: 0) == nil)
            #expect(try slow.endOfHeaders() == "c")
            try slow.body(Array("slow\r\n".utf8))
            #expect(try slow.endOfMessage().first?.data == Array("SLOW\r\n".utf8))
            #expect(server.exitCode() == 0)
            #expect(server.log.contains("unchanged: stopping"))
            #expect(!server.log.contains("stopping with"))
        }

        @Test func `an MTA that reads late gets the whole body`() throws {
            let server = try ChildProcess(["any"])
            let client = try MilterClient(port: try server.port())
            try client.negotiate()
            try client.connect()
            #expect(try client.mail("<uppercase@late.example>") == "c")
            #expect(try client.endOfHeaders() == "c")
            let piece = Array("all the way to the end\r\n".utf8)
            let body = (0..<500_000).flatMap { _ in piece }
            for start in stride(from: 0, to: body.count, by: 65_535) {
                try client.body(Array(body[start..<min(start + 65_535, body.count)]))
            }
            try client.send("E")
            usleep(500_000)  // in which no socket's buffer takes 12 MB
            var packets: [Packet] = []
            while packets.last?.kind != "c" { packets.append(try client.receive()) }
            #expect(packets.dropLast().allSatisfy { $0.kind == "b" })
            let received = packets.dropLast().flatMap(\.data)
            #expect(received == Array(String(decoding: body, as: UTF8.self).uppercased().utf8))
        }

        @Test func `a message that does not end is not waited for for ever`() throws {
            let server = try ChildProcess(["any", "200"])
            let client = try MilterClient(port: try server.port())
            try client.negotiate()
            try client.connect()
            #expect(try client.mail("<uppercase@drain.example>") == "c")
            server.signal(SIGTERM)
            #expect(server.exitCode() == 0)
            #expect(server.log.contains("stopping with 1 messages under way"))
        }

        @Test func `a unix socket is removed at the end, a successor's is not`() throws {
            let path = temporaryFolder() + "/s"
            for isReplaced in [false, true] {
                let server = try ChildProcess(["unix:\(path)"])
                #expect(server.logged("listening on"))
                if isReplaced {
                    unlink(path)
                    close(open(path, O_CREAT | O_WRONLY, 0o600))
                }
                server.signal(SIGTERM)
                #expect(server.exitCode() == 0)
                #expect((access(path, F_OK) == 0) == isReplaced)
            }
        }

        @Test func `an idle server stops at once`() throws {
            let server = try ChildProcess(["unix:\(temporaryFolder())/s"])
            #expect(server.logged("listening on"))
            let start = ContinuousClock.now
            server.signal(SIGTERM)
            #expect(server.exitCode() == 0)
            #expect(ContinuousClock.now - start < .seconds(2))
        }

        @Test func `systemd hears of each state`() throws {
            let path = temporaryFolder() + "/notify"
            let notify = try datagramSocket(at: path)
            defer { close(notify) }
            let server = try ChildProcess(
                ["unix:\(temporaryFolder())/s"], environment: ["NOTIFY_SOCKET": path])
            let ready = "READY=1\nSTATUS=serving connections=0 messages=0"
            #expect(datagram(notify) == ready)
            server.signal(SIGHUP)
            #expect(datagram(notify).hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
            #expect(datagram(notify) == ready)
            server.signal(SIGTERM)
            #expect(datagram(notify) == "STOPPING=1\nSTATUS=stopping: messages=0")
            #expect(server.exitCode() == 0)
        }

        @Test func `the watchdog hears nothing of a service with a lock that is never let go`() throws {
            let path = temporaryFolder() + "/notify"
            let notify = try datagramSocket(at: path)
            defer { close(notify) }
            let server = try ChildProcess(
                ["any"], environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"])
            let port = try server.port()
            #expect(datagram(notify).hasPrefix("READY=1"))
            for _ in 0..<4 { #expect(datagram(notify) == "WATCHDOG=1") }
            let client = try MilterClient(port: port)
            try client.negotiate()
            try client.connect()
            try client.send("M", Array("<stuck@deadlock.example>\0".utf8))
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(400) { _ = datagram(notify, wait: false) }
            while ContinuousClock.now - start < .milliseconds(1400) {
                #expect(datagram(notify, wait: false) != "WATCHDOG=1")
                usleep(10000)
            }
            #expect(server.exitCode(withinSeconds: 0) == nil)
        }

        @Test func `a socket from systemd is used, and stays open for the successor`() throws {
            let socket = try ListeningSocket.open(.inet(port: 0, host: "127.0.0.1"))
            defer { close(socket.descriptor) }
            guard case .inet(let port, _) = socket.address else { return }
            let server = try ChildProcess(
                ["unix:/nowhere/s"], environment: ["LISTEN_FDS": "1"], descriptor: socket.descriptor)
            #expect(
                server.logged(
                    "listening on fd:3, inet:\(port)@127.0.0.1 (Postfix: smtpd_milters = inet:127.0.0.1:\(port))"
                ))
            #expect(try message(on: port) == ["b", "c"])
            let start = ContinuousClock.now
            server.signal(SIGTERM)
            #expect(server.exitCode() == 0)
            #expect(ContinuousClock.now - start < .seconds(2))
            _ = try MilterClient(port: port)  // waits in the queue of the next server
        }

        @Test func `a server that can't begin says why and what to do`() throws {
            let server = try ChildProcess(["unix:/nowhere/s"])
            #expect(server.exitCode() == 73)
            #expect(server.log.contains("/nowhere does not exist"))
        }

        private func datagramSocket(at path: String) throws -> Int32 {
            let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var patience = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard bound == 0 else { throw ClientError(description: "bind \(path): \(errno)") }
            return descriptor
        }

        private func datagram(_ descriptor: Int32, wait: Bool = true) -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, wait ? 0 : Int32(MSG_DONTWAIT))
            return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        }
    }
}
