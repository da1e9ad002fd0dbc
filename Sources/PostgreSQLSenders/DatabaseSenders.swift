import Configuration
import Senders

/// The senders of a database, as the configuration of one moment reads them.
public struct DatabaseSenders: SenderLookup {
    /// The database.
    public let database: SenderDatabase
    private let reader: RowReader

    /// - Parameter attach: makes what is kept with each sender (``Sender/attachment``), once for each row that is
    ///   read, or says what is wrong with the sender.
    public init(
        _ database: SenderDatabase, settings: Settings,
        attach: @escaping @Sendable (Sender, inout [ConfigurationError]) -> (any Sendable)?
    ) {
        self.database = database
        reader = RowReader(settings, attach: attach)
    }

    /// The owner of a login, by `login_query`.
    public func owner(ofLogin login: String) -> SenderOwner? {
        guard database.settings.loginQuery != nil, let question = Question.key(ofLogin: login) else {
            return nil
        }
        return database.owner(question, read: reader, until: .now + database.settings.timeout)
    }

    /// The owner of an address, by `query`: one key after the other, as Postfix asks its tables. A domain's own
    /// key is remembered, so that mail from ever new addresses of it costs one question each.
    public func owner(of address: MailAddress) -> SenderOwner? {
        let deadline = Moment.now + database.settings.timeout
        for question in Question.keys(of: address) {
            if let owner = database.owner(question, read: reader, until: deadline) { return owner }
        }
        return nil
    }
}
