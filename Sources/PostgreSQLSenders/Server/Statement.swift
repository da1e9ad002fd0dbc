import Configuration

/// A query of the operator's, prepared on each connection.
struct Statement: Sendable {
    /// The columns that an answer may have. Others are mistakes: a `login` where `logins` is meant would leave a
    /// sender without its guard.
    static let columns = [
        "id", "tracking_domain", "other_tracking_domains", "scheme", "logins", "networks", "plugins",
    ]
    static let needed = ["id", "tracking_domain"]

    /// What the server knows the queries by.
    static let address = "signpost_address"
    static let login = "signpost_login"

    /// What the server knows it by.
    let name: String
    /// What the configuration knows it by.
    let key: String
    let sql: String

    /// The queries of a configuration.
    static func all(_ settings: Settings.PostgreSQL) -> [Statement] {
        [Statement(name: address, key: "query", sql: settings.query)]
            + (settings.loginQuery.map {
                [Statement(name: login, key: "login_query", sql: $0)]
            } ?? [])
    }

    /// Prepares it.
    ///
    /// - Returns: what is wrong with it, nil where it is in order.
    func prepare(on connection: Connection, until deadline: Moment) throws(DatabaseError) -> String? {
        do {
            let (parameters, columns) = try connection.prepare(name, sql, until: deadline)
            return mistake(parameters: parameters, columns: columns)
        } catch {
            guard case .refused(_, let message) = error else { throw error }
            return message
        }
    }

    private func mistake(parameters: Int, columns: [String]) -> String? {
        guard parameters == 1 else {
            return "expected a query with one parameter, $1, found one with \(parameters)"
        }
        if let missing = Statement.needed.first(where: { !columns.contains($0) }) {
            return "expected the column \(missing) in the answer, found "
                + (columns.isEmpty ? "none" : columns.joined(separator: ", "))
        }
        if let stranger = columns.first(where: { !Statement.columns.contains($0) }) {
            return unknown("column", stranger, known: Statement.columns)
        }
        if let twice = columns.first(where: { one in columns.count { $0 == one } > 1 }) {
            return "expected each column once, found \(twice) twice"
        }
        return nil
    }
}
