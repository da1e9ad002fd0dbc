/// What the MTA tells of a message besides its content.
public struct Envelope: Sendable, Equatable {
    /// The MTA's queue id, nil while it has none.
    public var queueID: String?
    /// The envelope sender as given in MAIL FROM, angle brackets included or not.
    public var sender: String
    /// The SASL login, nil where the client is not authenticated.
    public var login: String?
    /// The client's IP address as text; nil for local submission.
    public var client: String?
    /// The MTA's daemon name (`{daemon_name}`).
    public var daemonName: String?

    /// An envelope.
    public init(
        queueID: String? = nil, sender: String, login: String? = nil, client: String? = nil,
        daemonName: String? = nil
    ) {
        self.queueID = queueID
        self.sender = sender
        self.login = login
        self.client = client
        self.daemonName = daemonName
    }
}
