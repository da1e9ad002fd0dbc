/// Where senders are looked up: a folder of files, or a database.
///
/// Asked on many threads at once, for every message.
public protocol SenderLookup: Sendable {
    /// The owner of a login in the form in which logins compare; nil where it is nobody's.
    func owner(ofLogin login: String) -> SenderOwner?
    /// The owner of an address by its most specific claim: the address, its domain, the nearest parent.
    func owner(of address: MailAddress) -> SenderOwner?
}

/// Whom a key leads to.
public enum SenderOwner: Sendable {
    /// This sender.
    case sender(Sender)
    /// A sender whose own words are broken: its mail must not become somebody else's because of a slip.
    case broken(id: String)
    /// Several senders. Nobody is guessed.
    case contested
    /// Nobody can tell now; the reason is made for the log.
    case unavailable(reason: String)
}
