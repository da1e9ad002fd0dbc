import Configuration
import Glibc

/// Makes connections that are ready for questions.
struct Dial: Sendable {
    /// Why a connection is not to be had.
    enum Failure: Error, Equatable {
        /// The server cannot be reached, or does not want us.
        case unreachable(String)
        /// Something that the configuration says is wrong; `key` is the one in the `pgsql` block.
        case wrong(key: String, what: String)

        var reason: String {
            switch self {
            case .unreachable(let reason): reason
            case .wrong(let key, let what): "\(key): \(what)"
            }
        }
    }

    let settings: Settings.PostgreSQL

    /// A connection on which the statements are prepared. Blocks, for as long as several hosts and a slow
    /// resolver take.
    func connect(era: Int) throws(Failure) -> Connection {
        let password = try password()
        do {
            let connection = try Connection(
                settings.connection, password: password, timeout: settings.timeout, era: era)
            let deadline = Moment.now + settings.timeout
            // What we no longer wait for, the server need not go on with.
            try connection.run(
                "SET statement_timeout = \(settings.timeout.components.seconds * 1000)", until: deadline)
            for statement in Statement.all(settings) {
                if let mistake = try statement.prepare(on: connection, until: deadline) {
                    throw Failure.wrong(key: statement.key, what: mistake)
                }
            }
            return connection
        } catch let error as DatabaseError {
            switch error {
            case .late: throw .unreachable("no answer within \(settings.timeout.components.seconds) s")
            case .lost(let reason): throw .unreachable(reason)
            case .refused(_, let message): throw .unreachable(message)
            }
        } catch let error as Failure {
            throw error
        } catch {
            throw .unreachable("\(error)")
        }
    }

    /// The file's first line, read anew each time: passwords change.
    private func password() throws(Failure) -> String? {
        guard let path = settings.passwordFile?.path else { return nil }
        func wrong(_ what: String) -> Failure { .wrong(key: "password_file", what: what) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw wrong("cannot open \(quoted(path)): \(lastErrorText())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw wrong("expected a file, found something else at \(quoted(path))")
        }
        guard status.st_mode & 0o007 == 0 else {
            throw wrong("\(quoted(path)) is open to everybody: chmod o= \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw wrong("cannot read \(quoted(path)): \(lastErrorText())") }
        let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty, !line.contains(0) else {
            throw wrong("expected a password on the first line of \(quoted(path))")
        }
        return String(decoding: line, as: UTF8.self)
    }
}
