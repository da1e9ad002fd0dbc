import Foundation
import Senders

/// A key that is looked up.
enum Question: Hashable, Sendable {
    /// An address, `@domain` or `@*.parent`.
    case address(String)
    case login(String)

    /// Longer ones are nobody's: more than RFC 5321 section 4.5.3.1 allows for an address. They would be let into
    /// the cache by whoever may write a From field.
    static let longest = 320

    /// The statement that is asked.
    var statement: String {
        switch self {
        case .address: Statement.address
        case .login: Statement.login
        }
    }

    /// What it is asked for.
    var key: String {
        switch self {
        case .address(let key), .login(let key): key
        }
    }

    /// The keys of an address, the most specific first.
    static func keys(of address: MailAddress) -> [Question] {
        var keys = [address.key, "@" + address.domain]
        var rest = address.domain[...]
        while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[rest.utf8.index(after: dot)...]
            keys.append("@*." + rest)
        }
        return keys.compactMap { canonical($0).map { .address($0) } }
    }

    /// The key of a login, nil where it can be nobody's.
    static func key(ofLogin login: String) -> Question? { canonical(login).map { .login($0) } }

    /// A key byte for byte as the database is to have it. Swift compares canonically equivalent texts as equal,
    /// the database does not.
    private static func canonical(_ key: String) -> String? {
        guard key.utf8.count <= longest, !key.utf8.contains(0) else { return nil }
        return key.utf8.allSatisfy { $0 < 0x80 } ? key : key.precomposedStringWithCanonicalMapping
    }
}
