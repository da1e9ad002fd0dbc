import Configuration

/// Where a host name leads in DNS.
struct HostAnswer: Equatable {
    /// A name that the one before it is an alias of.
    struct Link: Equatable {
        var name: DNSName
        /// Of the CNAME record, in seconds.
        var timeToLive: Int
    }

    /// How it ends.
    enum End: Equatable {
        /// At ``HostAnswer/addresses``.
        case addresses
        /// NXDOMAIN, or NOERROR without data.
        case nothing
        /// In a circle, or in too long a chain.
        case loop
        /// At a SERVFAIL that was an answer when asked without validation.
        case bogus
        /// Nobody knows; the reason.
        case failed(String)
    }

    /// The CNAME records that were followed.
    var chain: [Link] = []
    /// The addresses at the end, IPv4 first, each once.
    var addresses: [IPAddress] = []
    /// Of the addresses, or of the "no" where there are none, in seconds.
    var timeToLive: Int?
    /// How it ends.
    var end: End
}
