import Foundation
import Glibc
import Testing

/// A PostgreSQL server in a folder of its own, on a free port of the loopback and a unix socket in the folder.
///
/// A shell beside it ends it when the tests are gone, however they ended.
final class Server: @unchecked Sendable {  // each test uses its own
    static let programs = "/usr/lib/postgresql"
    /// The folder of the programs of the newest version installed.
    static let bin: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: programs)) ?? []
        let newest = versions.compactMap(Int.init).max()
        let bin = newest.map { "\(programs)/\($0)/bin" }
        return bin.flatMap { FileManager.default.isExecutableFile(atPath: $0 + "/postgres") ? $0 : nil }
    }()

    let folder: String
    let port: Int
    private let bin: String
    private var keeper: Process?

    /// A server with an empty database `mail`, and a user `signpost` who may read what is in it.
    convenience init() throws { try self.init(template: Server.template.get().folder) }

    /// What every server begins as: making it anew each time would take seconds.
    private static let template = Result { try Server(template: nil) }

    /// The folder of all servers' folders. A shell removes it when the tests are gone.
    private static let root = Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "signpost-pg-\(getpid())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        chmod(path, 0o755)
        let janitor = Process()
        janitor.executableURL = URL(filePath: "/bin/sh")
        janitor.arguments = [
            "-c", "while kill -0 $1 2>/dev/null; do sleep 0.2; done; sleep 1; rm -rf \"$2\"", "sh",
            "\(getpid())", path,
        ]
        (janitor.standardOutput, janitor.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try janitor.run()
        return path
    }

    private init(template: String?) throws {
        bin = try #require(Server.bin)
        folder = try Server.root.get() + "/" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        chmod(folder, 0o755)
        port = try Server.freePort()
        if geteuid() == 0 { try Server.run(["chown", "postgres", folder]) }
        if let template {
            try Server.run(Server.unprivileged + ["cp", "-a", template + "/data", folder])
            try start()
            return
        }
        try Server.run(
            Server.unprivileged + [
                bin + "/initdb", "-D", folder + "/data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
                "--locale=C",
            ])
        try start()
        try sql("CREATE DATABASE mail", database: "postgres")
        try sql("CREATE ROLE signpost LOGIN; GRANT pg_read_all_data TO signpost")
        stop(SIGINT)
    }

    deinit {
        stop(SIGQUIT)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// How to reach it.
    var connection: String { "host=127.0.0.1 port=\(port) dbname=mail user=signpost gssencmode=disable" }

    func start(_ options: [String] = []) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            [
                "-c", Server.watch, "sh", "\(getpid())",
            ] + Server.unprivileged + [
                bin + "/postgres", "-D", folder + "/data", "-k", folder, "-p", "\(port)", "-F", "-c",
                "listen_addresses=127.0.0.1", "-c", "logging_collector=off", "-c", "shared_buffers=8MB",
            ] + options
        process.standardInput = FileHandle.nullDevice
        let log = folder + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = FileHandle(forWritingAtPath: log)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        keeper = process
        let end = Date.now + 30
        while (try? Server.run([bin + "/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)"])) == nil {
            guard Date.now < end, process.isRunning else {
                throw Failed(what: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "it did not start")
            }
            usleep(20_000)
        }
    }

    /// The postmaster's own process id, from its own file.
    var pid: pid_t? {
        let file = try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        return file?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// Sends the postmaster and its children a signal.
    func signal(_ number: Int32) {
        guard let pid else { return }
        let children =
            (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
        for child in [pid] + children.split(separator: " ").compactMap({ pid_t($0) }) { kill(child, number) }
    }

    /// Stops it: SIGQUIT at once, SIGKILL as if the machine had gone.
    func stop(_ number: Int32) {
        guard let process = keeper else { return }
        signal(SIGCONT)
        signal(number)
        process.waitUntilExit()
        keeper = nil
        if number == SIGKILL { try? FileManager.default.removeItem(atPath: folder + "/data/postmaster.pid") }
    }

    /// Runs statements with psql, PostgreSQL's own client; gives what it prints.
    @discardableResult
    func sql(_ text: String, database: String = "mail") throws -> String {
        try Server.run(
            [
                bin + "/psql", "-h", folder, "-p", "\(port)", "-U", "postgres", "-d", database, "-qAtX", "-v",
                "ON_ERROR_STOP=1", "-c", text,
            ])
    }

    // MARK: -

    private static let watch = """
        tests=$1; shift; "$@" & server=$!
        while kill -0 $tests && kill -0 $server; do sleep 0.1; done 2>/dev/null
        kill -QUIT $server 2>/dev/null; wait $server
        """

    struct Failed: Error { var what: String }

    /// PostgreSQL does not run as root.
    private static var unprivileged: [String] {
        geteuid() == 0
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : []
    }

    @discardableResult
    private static func run(_ command: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(filePath: "/")
        (process.standardOutput, process.standardError) = (output, output)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(what: text) }
        return text
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failed(what: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
