import CPQ

/// Why a question has no answer.
enum DatabaseError: Error, Equatable {
    /// The server did not answer in time; it may still be at it.
    case late
    /// The connection is gone, or was not made; says why.
    case lost(String)
    /// The server answered with an error. The connection is in order.
    case refused(code: String, message: String)

    /// What libpq says, on one line. Its first says what happened, the others give advice.
    static func firstLine(_ text: UnsafePointer<CChar>?) -> String {
        let text = text.map { String(cString: $0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.isEmpty ? "no reason was given" : line
    }
}
