import Configuration
import Foundation
import Testing

@testable import MilterService

@Suite struct MetricsServerTests {
    @Test func `an address in use is said at once, with metrics in front`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "metrics-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "s").path
        let first = try MetricsServer(.unix(path: path), log: { _, _ in }) { [] }
        #expect {
            _ = try MetricsServer(.unix(path: path), log: { _, _ in }) { [] }
        } throws: { error in
            let error = error as? ServiceError
            return error?.exitCode == .unavailable && error?.description.hasPrefix("metrics: \(path)") == true
        }
        first.removeFile()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: [
        ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", true),
        ("GET /metrics?x HTTP/1.0\n\n", "200 OK", true),
        ("HEAD /metrics HTTP/1.1\r\n\r\n", "200 OK", false),
        ("GET / HTTP/1.1\r\n\r\n", "404 Not Found", false),
        ("POST /metrics HTTP/1.1\r\n\r\n", "405 Method Not Allowed", false),
        ("get /metrics HTTP/1.1\r\n\r\n", "405 Method Not Allowed", false),
        ("\r\n\r\n", "400 Bad Request", false),
        ("GET /metrics HTTP/3\r\n\r\n", "400 Bad Request", false),
        ("GET /metrics\r\n\r\n", "400 Bad Request", false),
        (" /metrics HTTP/1.1\r\n\r\n", "400 Bad Request", false),
    ])
    func `a request is answered`(head: String, status: String, hasBody: Bool) {
        let answer = String(decoding: HTTPRequest(head: Array(head.utf8)).response { "x 1\n" }, as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nx 1\n") == hasBody)
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test func `a request without end is too large`() {
        let answer = String(decoding: HTTPRequest(head: nil).response { "" }, as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
    }
}
