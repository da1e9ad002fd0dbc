import Glibc

/// A `MilterTestServer` of its own, its log in a file. Ended with SIGKILL when nobody holds it any more.
final class ChildProcess {
    let process: pid_t
    private let logPath: String
    private var status: Int32?

    /// Starts the server. `descriptor` becomes descriptor 3 of the child, as systemd hands sockets over.
    init(_ arguments: [String], environment: [String: String] = [:], descriptor: Int32? = nil) throws {
        logPath = temporaryFolder() + "/log"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if let descriptor { posix_spawn_file_actions_adddup2(&actions, descriptor, 3) }

        // The shell's process id becomes the server's, which LISTEN_PID has to name.
        let command = "LISTEN_PID=$$; export LISTEN_PID; exec \"$0\" \"$@\""
        var argv = (["/bin/sh", "-c", command, try Self.server()] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in argv + variables { free(string) } }
        var process = pid_t()
        let result = posix_spawn(&process, "/bin/sh", &actions, nil, &argv, &variables)
        guard result == 0 else { throw ClientError(description: "posix_spawn: \(result)") }
        self.process = process
    }

    deinit {
        guard status == nil else { return }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// What the server logged so far.
    var log: String {
        let file = open(logPath, O_RDONLY)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += buffer.prefix(count)
        }
    }

    /// Waits until the log contains `text`.
    func logged(_ text: String, seconds: Int = 10) -> Bool { wait(seconds: seconds) { log.contains(text) } }

    /// The port in "listening on inet:PORT@…".
    func port() throws -> UInt16 {
        let mark = "listening on inet:"
        guard logged(mark) else { throw ClientError(description: "not listening: \(log)") }
        let text = log
        guard let place = firstRange(of: mark, in: text),
            let port = UInt16(text[place...].prefix { $0.isNumber })
        else { throw ClientError(description: text) }
        return port
    }

    func signal(_ number: Int32) { kill(process, number) }

    /// The exit code; 128 and the signal where a signal ended it; nil if it lives on.
    func exitCode(withinSeconds seconds: Int = 10) -> Int32? {
        wait(seconds: seconds) {
            var raw: Int32 = 0
            if status == nil, waitpid(process, &raw, WNOHANG) == process {
                status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
            }
            return status != nil
        }
        return status
    }

    private func firstRange(of mark: String, in text: String) -> String.Index? {
        text.indices.first { text[$0...].hasPrefix(mark) }.map { text.index($0, offsetBy: mark.count) }
    }

    /// The server stands beside the tests' own executable.
    private static func server() throws -> String {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &target, target.count)
        let own = String(decoding: target.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var folder = own.split(separator: "/").dropLast()
        while !folder.isEmpty {
            let path = "/" + folder.joined(separator: "/") + "/MilterTestServer"
            if access(path, X_OK) == 0 { return path }
            folder = folder.dropLast()
        }
        throw ClientError(description: "no MilterTestServer beside \(own)")
    }
}
