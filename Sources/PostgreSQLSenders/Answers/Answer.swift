import Configuration
import Senders

/// What is remembered about a key.
struct Answer: Sendable {
    /// The rows, nil where none were ever had.
    var rows: [Row]?
    /// Whom they lead to.
    var owner: SenderOwner?
    /// What is wrong with them; told already.
    var mistakes: [ConfigurationError] = []
    /// The ``RowReader`` that made the owner of the rows. For another one the database is asked anew: so a reload has
    /// every key asked, while what is remembered still serves if the database is away.
    var reader: Int
    /// Until when the database need not be asked again.
    var goodUntil: Moment
}
