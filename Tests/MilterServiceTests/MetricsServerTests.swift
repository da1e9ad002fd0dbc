import Configuration
import Filtering
import Foundation
import Synchronization
import Testing

@testable import MilterService

@Suite struct MetricsServerTests {
    @Test func `an address in use is told once, and taken as soon as it is free`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "metrics-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "s").path
        let first = try ListeningSocket.open(.unix(path: path))
        let log = Mutex<[String]>([])
        let server = try MetricsServer(
            .unix(path: path), interval: .milliseconds(10),
            log: { level, line in log.withLock { $0.append("\(level.name) \(line)") } }, lines: { [] })
        server.start()
        Thread.sleep(forTimeInterval: 0.2)
        let told = log.withLock { $0 }
        #expect(told.count == 1, "\(told)")
        #expect(told.first?.hasPrefix("error metrics: \(path) is in use: ") == true, "\(told)")
        #expect(told.first?.contains("Mail is served without them") == true, "\(told)")
        first.removeFile()
        let deadline = Date(timeIntervalSinceNow: 10)
        while log.withLock({ $0.count }) < 2, Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
        #expect(log.withLock { $0.last } == "info metrics at unix:\(path), path /metrics")
        server.removeFile()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `what no waiting mends keeps it from starting`() throws {
        let path = "/tmp/" + String(repeating: "x", count: 200)
        #expect {
            _ = try MetricsServer(.unix(path: path), log: { _, line in Issue.record("\(line)") }) { [] }
        } throws: { error in
            let error = error as? ServiceError
            return error?.exitCode == .configuration
                && error?.description.hasPrefix("metrics: \(path)") == true
        }
    }
}
