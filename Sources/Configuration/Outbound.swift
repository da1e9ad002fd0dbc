/// Whose mail is ours to rewrite: the `outbound` block.
public struct Outbound: Sendable, Equatable {
    /// Mail from clients with a SASL login is ours.
    public var authenticated = true
    /// Mail from clients in these networks is ours.
    public var networks: [Network] = Outbound.loopback
    /// Mail that comes in through the MTA's daemons of these names is ours.
    public var daemonNames = ["ORIGINATING"]

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { try? Network(parsing: $0) }

    /// The defaults.
    public init() {}

    /// Whether a message is ours. Any one fact suffices.
    public func admits(login: String?, client: Client, daemonName: String?) -> Bool {
        if authenticated, let login, !login.isEmpty { return true }
        if let address = client.address, networks.contains(where: { $0.contains(address) }) { return true }
        return daemonName.map(daemonNames.contains) ?? false
    }
}

/// The machine that hands a message in.
public struct Client: Sendable, Equatable, CustomStringConvertible {
    /// Its address; nil where the MTA does not know it, which is in no network.
    public var address: IPAddress?
    /// How the log names it.
    public var description: String

    /// - Parameter text: the MTA's `{client_addr}`; nil for mail submitted on this machine without SMTP, which
    ///   counts as coming from 127.0.0.1. What is not an address (Postfix says `unknown`) is unknown.
    public init(_ text: String?) {
        address = text.map(IPAddress.init) ?? .loopback
        description = address?.description ?? printable(text ?? "")
    }
}
