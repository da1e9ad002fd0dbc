import Configuration
import Filtering
import Foundation
import Glibc
import MilterService
import Synchronization
import Testing

@testable import MetricsService

@Suite struct MetricsServerTests {
    private static let lines = ["# HELP x y", "x 1"]

    /// A server at a unix socket in a folder of its own.
    private func atSocket(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "metrics-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "s").path
        let server = try MetricsServer(.unix(path: path), log: { _, _ in }) { Self.lines }
        server.start()
        try await body(path)
        server.removeFile()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// A connection whose peer may be silent for so long.
    private func connection(to path: String, seconds: Int = 10) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    /// What comes until the server hangs up.
    private func answer(_ request: String, at path: String) async throws -> String {
        let descriptor = try connection(to: path)
        defer { close(descriptor) }
        _ = request.withCString { send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        return await received(descriptor)
    }

    /// What comes until the server hangs up. On a thread of its own: those of tasks are the server's.
    private func received(_ descriptor: Int32) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var received: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                    received += buffer[..<count]
                }
                continuation.resume(returning: String(decoding: received, as: UTF8.self))
            }
        }
    }

    @Test func `answers GET and HEAD, and nothing else`() async throws {
        try await atSocket { path in
            let get = try await answer(
                "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", at: path)
            #expect(get.hasPrefix("HTTP/1.1 200 "))
            #expect(get.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(get.hasSuffix("\r\n\r\n# HELP x y\nx 1\n"))
            let head = try await answer(
                "HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", at: path)
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
            for request in ["GET / HTTP/1.1", "POST /metrics HTTP/1.1", "GET /metrics/x HTTP/1.1"] {
                let other = try await answer(request + "\r\nHost: x\r\nConnection: close\r\n\r\n", at: path)
                #expect(other.hasPrefix("HTTP/1.1 404 "), "\(request)")
            }
            let nonsense = try await answer("nonsense\r\n\r\n", at: path)
            #expect(nonsense == "")
        }
    }

    @Test func `a connection serves one request after the other`() async throws {
        try await atSocket { path in
            let twice = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
            let last = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answers = try await answer(twice + last, at: path)
            #expect(answers.components(separatedBy: "HTTP/1.1 200 ").count == 3)
        }
    }

    @Test func `silent clients are few, and keep nobody from being served`() async throws {
        try await atSocket { path in
            let silent = try (0..<GuardedPool.maximumWaiting + 4).map { _ in try connection(to: path) }
            defer { for descriptor in silent { close(descriptor) } }
            // The last come too late to wait, and are sent away.
            for descriptor in silent.suffix(4) {
                let began = ContinuousClock.now
                let said = await received(descriptor)
                #expect(said == "" && ContinuousClock.now - began < .seconds(5))
            }
            // Whoever has asked already does not wait.
            shutdown(silent[0], Int32(SHUT_RDWR))
            let served = try await answer(
                "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", at: path)
            #expect(served.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `an address in use is said at once, with metrics in front`() async throws {
        try await atSocket { path in
            #expect {
                _ = try MetricsServer(.unix(path: path), log: { _, _ in }) { [] }
            } throws: { error in
                let error = error as? ServiceError
                return error?.exitCode == .unavailable
                    && error?.description.hasPrefix("metrics: \(path)") == true
            }
        }
    }

    @Test(arguments: [
        ("inet:1@127.0.0.2", true), ("inet6:1@[::1]", true), ("inet:1@localhost", true), ("unix:/x", true),
        ("inet:1@0.0.0.0", false), ("inet:1@192.0.2.1", false), ("inet6:1@[::]", false),
        ("inet:1@relay.example", false),
    ])
    func `whether strangers can reach it is known`(_ address: String, isLoopback: Bool) throws {
        #expect(try ListenAddress(parsing: address).isLoopback == isLoopback)
    }
}
