import Filtering
import Glibc
import Synchronization

/// Answers commands on a unix socket: one line from the client, the answer, and the end of the connection.
///
/// Every client has a thread of its own and little time, so that one that says nothing holds up nobody.
final class ControlServer: Sendable {
    /// How a command is answered: at once or later, on any thread.
    typealias Command = @Sendable (_ answer: @escaping @Sendable (ControlAnswer) -> Void) -> Void

    private static let patience = timeval(tv_sec: 5, tv_usec: 0)
    private static let maximumClients = 16
    private static let maximumLine = 256

    private let descriptor: Int32
    private let file: SocketFile
    private let commands: [String: Command]
    private let clients = Atomic<Int>(0)

    /// Opens the socket; a dead one in its place is replaced, a live one of another process is an error.
    init(path: String, commands: [String: Command]) throws(ServiceError) {
        (descriptor, file) = try openUnixSocket(at: path, mode: 0o600, group: nil)
        self.commands = commands
    }

    /// Answers clients from now on.
    ///
    /// - Returns: false if there can be no more threads.
    func start() -> Bool { startThread { self.accept() } }

    /// Removes the socket, if it is still ours.
    func removeFile() { file.removeIfOurs() }

    private func accept() {
        while true {
            let client = Glibc.accept(descriptor, nil, nil)
            guard client >= 0 else {
                // Out of descriptors, perhaps: that passes, and spinning does not help.
                if errno != EINTR, errno != ECONNABORTED { usleep(100_000) }
                continue
            }
            let number = clients.add(1, ordering: .relaxed).newValue
            if number > Self.maximumClients || !isTrusted(client) || !startThread({ self.converse(client) }) {
                end(client)
            }
        }
    }

    private func converse(_ client: Int32) {
        var patience = Self.patience
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        guard let line = readLine(client) else { return end(client) }
        let answer: @Sendable (ControlAnswer) -> Void = { answer in
            // Not on the thread that worked for it: the client may be slow to read.
            if !startThread({
                sendAll(answer.wire, to: client)
                self.end(client)
            }) {
                self.end(client)
            }
        }
        if let command = commands[line] {
            command(answer)
        } else {
            let known = commands.keys.sorted().joined(separator: ", ")
            answer(ControlAnswer(exitCode: EX_USAGE, lines: ["unknown command; expected one of \(known)"]))
        }
    }

    private func end(_ client: Int32) {
        close(client)
        clients.subtract(1, ordering: .relaxed)
    }

    /// The first line, without its end; nil where none comes in time, or one that is too long.
    private func readLine(_ client: Int32) -> String? {
        let deadline = ContinuousClock.now + .seconds(Int(Self.patience.tv_sec))
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.maximumLine)
        while line.count < Self.maximumLine, ContinuousClock.now < deadline {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            line += buffer[..<count]
            if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                return String(decoding: line[..<end], as: UTF8.self)
            }
        }
        return nil
    }

    /// Whether the client runs as we do, or as root. The socket's mode says the same, where nobody changes it.
    private func isTrusted(_ client: Int32) -> Bool {
        var peer: (process: pid_t, user: uid_t, group: gid_t) = (0, 0, 0)  // struct ucred, unix(7)
        var size = socklen_t(MemoryLayout.size(ofValue: peer))
        guard getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 else { return false }
        return peer.user == 0 || peer.user == geteuid()
    }
}

/// Sends all of it, or as much as the other side takes.
func sendAll(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
        var sent = 0
        while sent < buffer.count {
            let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
            let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            sent += count
        }
    }
}
