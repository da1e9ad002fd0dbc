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
}
