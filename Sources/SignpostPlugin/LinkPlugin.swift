/// A plugin: it recognises links and says what becomes of them.
///
///     struct Shop: LinkPlugin {
///         static let name = "shop"
///         static let version = "1.0"
///         static let summary = "Moves links of the shop"
///         init(settings: Settings) {}
///         func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim {
///             link.matches(PathPattern("/shop/*")) ? .moveToTrackingDomain : .notMine
///         }
///     }
///     private let exported = ExportedPlugin(Shop.self)
///     @c(signpost_plugin_entry) public func entry() -> UnsafeRawPointer? { exported.table }
///
/// One value serves all threads at once, for the global settings or for one sender's own.
public protocol LinkPlugin: Sendable {
    /// The name in the configuration, and of the file: `<name>.so` or `lib<name>.so`.
    static var name: String { get }
    /// The plugin's own version, for a person.
    static var version: String { get }
    /// What it does, in a sentence.
    static var summary: String { get }
    /// The settings that it understands. None by default.
    static var settings: [Setting] { get }
    /// Whether it is shown the links on any host, not on the default tracking domains alone. No by default.
    static var wantsAllLinks: Bool { get }

    /// A plugin with these settings, each given or at its default.
    ///
    /// - Throws: an error whose description is a sentence for whoever wrote the configuration,
    ///   such as a ``SettingsError``.
    init(settings: Settings) throws

    /// Decides about a link. Called on many threads at once.
    func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim
}

extension LinkPlugin {
    /// None.
    public static var settings: [Setting] { [] }
    /// No.
    public static var wantsAllLinks: Bool { false }
}

/// What a plugin says of a link.
public enum Claim: Sendable, Equatable {
    /// Not this plugin's link: the next plugin is asked.
    case notMine
    /// This plugin's link, which stays as it is; the reason, a few words, stands in log and report.
    case leave(reason: String)
    /// This plugin's link, which moves to the sender's tracking domain as ``Link/moved(to:)`` says.
    case moveToTrackingDomain
    /// This plugin's link, which becomes this URL (UTF-8). Signpost checks it: see `SIGNPOST_MOVE` in the ABI.
    case move(to: [UInt8])
}
