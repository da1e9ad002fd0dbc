import CPQ
import Configuration
import Glibc

/// One connection to the server, used by one thread at a time.
final class Connection: @unchecked Sendable {  // the pool lends it to one thread at a time
    private let handle: OpaquePointer
    /// When the pool gave up all connections that it had, it gave up those of a lower number.
    let era: Int

    /// Connects, by the blocking call: it alone tries each of several hosts in its time, and looks up names. So
    /// this is for a thread that nothing waits for.
    ///
    /// - Parameter password: takes the place of one in `text`.
    init(_ text: String, password: String?, timeout: Duration, era: Int) throws(DatabaseError) {
        self.era = era
        // What stands before dbname, the operator's own words can change; what stands behind it, they cannot.
        let parameters = [
            ("fallback_application_name", "signpost"),
            ("connect_timeout", "\(max(timeout.components.seconds, 1))"),
            ("keepalives_idle", "60"),
            ("dbname", text),
            ("client_encoding", "UTF8"),
        ]
        let all = parameters + (password.map { [("password", $0)] } ?? [])
        let connected = withCStrings(all.map(\.0)) { names in
            withCStrings(all.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let connected else { throw .lost("out of memory") }
        handle = connected
        guard PQstatus(handle) == CONNECTION_OK else { throw .lost(problem) }
        // Notices are for people at a prompt; libpq would print them.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        PQsetnonblocking(handle, 1)
    }

    deinit { PQfinish(handle) }

    /// What is wrong with words that libpq cannot read. It quotes them, so it is not quoted where they may hold a
    /// password.
    static func mistake(in text: String) -> String? {
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(text, &message)
        defer {
            PQconninfoFree(options)
            PQfreemem(message)
        }
        if options != nil { return nil }
        let reason =
            text.contains("pass") || text.contains("@") ? "" : ": \(DatabaseError.firstLine(message))"
        return "`connection`: expected words such as \"host=db.example dbname=mail\" or a postgresql:// URI"
            + reason
    }

    /// Runs a statement that has no parameters.
    func run(_ sql: String, until deadline: Moment) throws(DatabaseError) {
        _ = try exchange(until: deadline) { PQsendQuery(handle, sql) }
    }

    /// Prepares a statement.
    ///
    /// - Returns: what it takes and gives.
    func prepare(
        _ name: String, _ sql: String, until deadline: Moment
    ) throws(DatabaseError) -> (parameters: Int, columns: [String]) {
        _ = try exchange(until: deadline) { PQsendPrepare(handle, name, sql, 0, nil) }
        let description = try exchange(until: deadline) { PQsendDescribePrepared(handle, name) }
        let columns = (0..<PQnfields(description.pointer)).map { column in
            PQfname(description.pointer, column).map { String(cString: $0) } ?? ""
        }
        return (Int(PQnparams(description.pointer)), columns)
    }

    /// Runs a prepared statement with `key` as its parameter, which is sent beside the statement, never in it.
    ///
    /// - Returns: at most two rows: a third would tell nothing more.
    func rows(of name: String, key: String, until deadline: Moment) throws(DatabaseError) -> [Row] {
        let result = try withCStrings([key]) { values throws(DatabaseError) -> Result in
            try exchange(until: deadline) {
                PQsendQueryPrepared(handle, name, 1, values, nil, nil, 0)
            }
        }
        return (0..<min(PQntuples(result.pointer), 2)).map { Row(result.pointer, number: $0) }
    }

    // MARK: -

    /// A result that goes with its last user.
    private final class Result {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { PQclear(pointer) }
    }

    private var problem: String { DatabaseError.firstLine(PQerrorMessage(handle)) }

    /// Sends something and waits for what comes of it.
    private func exchange(until deadline: Moment, send: () -> Int32) throws(DatabaseError) -> Result {
        guard send() == 1 else { throw .lost(problem) }
        while true {
            let rest = PQflush(handle)
            if rest == 0 { break }
            if rest < 0 { throw .lost(problem) }
            try waitForServer(POLLIN | POLLOUT, until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw .lost(problem) }
        }
        var last: Result?
        while let next = try nextResult(until: deadline) { last = next }
        guard let last else { throw .lost(problem) }
        switch PQresultStatus(last.pointer) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return last
        default:
            let text = DatabaseError.firstLine(PQresultErrorMessage(last.pointer))
            guard PQstatus(handle) == CONNECTION_OK else { throw .lost(text) }
            let code = PQresultErrorField(last.pointer, Int32(UInt8(ascii: "C"))).map {
                String(cString: $0)
            }
            throw .refused(code: code ?? "", message: text)
        }
    }

    private func nextResult(until deadline: Moment) throws(DatabaseError) -> Result? {
        while PQisBusy(handle) == 1 {
            try waitForServer(POLLIN, until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw .lost(problem) }
        }
        return PQgetResult(handle).map(Result.init)
    }

    private func waitForServer(_ events: Int32, until deadline: Moment) throws(DatabaseError) {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
        while true {
            let ready = poll(&descriptor, 1, deadline.millisecondsFromNow)
            if ready > 0 { return }
            if ready == 0 { throw .late }
            if errno != EINTR { throw .lost(lastErrorText()) }
        }
    }
}

/// `texts` as C has them, with a null pointer behind the last, for as long as `body` runs.
private func withCStrings<Result, Failure: Error>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws(Failure) -> Result
) throws(Failure) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
    let list = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: pointers.count)
    defer { list.deallocate() }
    list.initialize(from: pointers, count: pointers.count)
    return try body(list)
}
