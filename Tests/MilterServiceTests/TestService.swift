import Configuration
import Filtering
import Foundation
import Glibc
import MilterTestServer
import Synchronization
import Testing

@testable import MilterService

/// All tests of this room, one after the other: libmilter, the count of sessions and the umask are the process's.
@Suite(.serialized) struct MilterServiceTests {}

/// The service in this process, on a unix socket, started when a test first asks for it.
enum TestService {
    static let log = Mutex<[String]>([])

    static let path: String = {
        let path = temporaryFolder() + "/milter.sock"
        var options = MilterOptions(listen: .unix(path: path))
        options.mayAddHeaders = true
        let server = MilterServer(
            options: options, log: { level, line in log.withLock { $0.append("\(level.name): \(line)") } },
            makeFilter: { ScriptedFilter() })
        _ = startThread {
            do throws(ServiceError) {
                try server.run(onReload: { ControlAnswer(exitCode: 0, lines: []) })
            } catch {
                log.withLock { $0.append("ended: \(error)") }
            }
        }
        wait { access(path, F_OK) == 0 && (try? MilterClient(unix: path)) != nil }
        return path
    }()

    static func client() throws -> MilterClient {
        let client = try MilterClient(unix: path)
        try client.negotiate()
        try client.connect()
        return client
    }

    /// What the filter heard of the message from `sender`.
    static func heard(_ sender: String) -> [String] { ScriptedFilter.heard.withLock { $0[sender] ?? [] } }
}

/// Waits until `condition` holds, five seconds at most; whether it does.
@discardableResult
func wait(seconds: Int = 5, _ condition: () -> Bool) -> Bool {
    for _ in 0..<seconds * 200 {
        if condition() { return true }
        usleep(5000)
    }
    return condition()
}

/// A new folder that only we use; it goes when the tests end.
func temporaryFolder() -> String {
    let folder = temporaryRoot.appending(path: UUID().uuidString.prefix(8))
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
}

/// Short, since a socket's path is.
private let temporaryRoot: URL = {
    atexit { try? FileManager.default.removeItem(at: temporaryRoot) }
    return FileManager.default.temporaryDirectory.appending(path: "signpost-milter-\(getpid())")
}()
