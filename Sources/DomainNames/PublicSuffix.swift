import CPSL

/// The names below which others register theirs, such as `com`, `co.uk` and `github.io`, by Mozilla's list
/// (<https://publicsuffix.org>) as the system has it.
public enum PublicSuffix {
    // Immutable after loading, and thread-safe for look-ups by libpsl's documentation.
    private nonisolated(unsafe) static let list: OpaquePointer? = psl_latest(nil) ?? psl_builtin()

    /// Whether the list names `domain` itself, in its section for registries or the one for private owners. By the list's
    /// own rule for whatever it does not know, `example` would be one too; that rule does not count here.
    public static func contains(_ domain: DomainName) -> Bool {
        guard let list else { return false }
        return psl_is_public_suffix2(list, domain.description, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 1
    }

    /// The name that was registered: a public suffix and one label before it. Below it lies the zone that its owner edits.
    ///
    /// - Returns: nil where `domain` is a public suffix itself.
    public static func registeredName(of domain: DomainName) -> DomainName? {
        guard let list else { return nil }
        let text = domain.description
        // A pointer into what it is given.
        let length = text.withCString { start in
            psl_registrable_domain(list, start).map { text.utf8.count - (start.distance(to: $0)) }
        }
        return length.flatMap { DomainName(String(text.suffix($0))) }
    }
}
