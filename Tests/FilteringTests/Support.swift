import Configuration
import Foundation
import Metrics
import Rewriting
import Synchronization
import TrackingDomains

@testable import Filtering

/// A configuration in a temporary folder, which goes with it. The plugins are those of the build.
final class TestConfiguration {
    let folder: URL

    var file: String { folder.appending(path: "signpost.yaml").path }

    init(_ main: String = "", senders: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "signpost-" + UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "senders.d"), withIntermediateDirectories: true)
        try write(
            """
            default_tracking_domains: [track.relay.example]
            senders: senders.d
            \(main)
            """, to: "signpost.yaml")
        for (name, content) in senders { try write(content, to: "senders.d/\(name).yaml") }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ content: String, to name: String) throws {
        try Data(content.utf8).write(to: folder.appending(path: name))
    }

    /// The errors, without the folder in front of them.
    var errors: [String] {
        Snapshot.load(file: file).errors.map {
            $0.description.replacing(folder.path + "/", with: "")
        }
    }
}

/// Collects log lines.
final class TestLog: Sendable {
    private let mutex = Mutex<[String]>([])

    var lines: [String] { mutex.withLock { $0 } }

    var sink: LogSink {
        { [self] level, line in mutex.withLock { $0.append("\(level.name) \(line)") } }
    }
}

extension TestConfiguration {
    /// The life of one message: `Name: value` lines, then the body in pieces.
    func filter(
        _ header: [String], body: [UInt8], pieces: Int = .max, envelope: Envelope,
        domains: (any DomainStates)? = nil, metrics: Metrics? = nil, log: TestLog = TestLog()
    ) -> (steps: [FilterStep], outcome: FilterOutcome?) {
        guard let snapshot = Snapshot.load(file: file).snapshot else { return ([], nil) }
        let filter = LinkFilter(snapshot: snapshot, domains: domains, metrics: metrics, log: log.sink)
        var steps = [filter.begin(envelope)]
        if steps.last != .proceed { return (steps, nil) }
        for line in header {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            filter.header(HeaderField(name: Array(parts[0].utf8), value: Array(parts[1].utf8)))
        }
        steps.append(filter.endOfHeaders(queueID: "4c1B2x3"))
        if steps.last != .proceed { return (steps, nil) }
        var position = 0
        while position < body.count {
            let end = min(body.count, position + min(pieces, body.count))
            _ = body[position..<end].withUnsafeBytes(filter.body)
            position = end
        }
        return (steps, filter.endOfMessage(queueID: "4c1B2x3"))
    }
}

extension NewBody {
    /// All of it; what can't be read is missing.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        _ = try? forEachPiece {
            bytes += $0
            return true
        }
        return bytes
    }
}
