import SignpostPlugin

/// Links to the page where a recipient forwards the message to a friend: `/f/…`.
struct ForwardToFriend: LinkPlugin {
    static let name = "forward-to-friend"
    static let version = "1.0.0"
    static let summary = "Moves links to the page that forwards a message to a friend"
    static let settings = [
        Setting.strings("paths", default: ["/f/*"], help: "Path and query of its links; * is any run.")
    ]

    private let paths: [PathPattern]

    init(settings: Settings) throws {
        paths = try PathPattern.list("paths", of: settings)
    }

    func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim {
        link.matches(paths) ? .moveToTrackingDomain : .notMine
    }
}

private let exported = ExportedPlugin(ForwardToFriend.self)

/// The plugin's entry point: see `signpost_plugin.h`.
@c(signpost_plugin_entry)
public func entry() -> UnsafeRawPointer? { exported.table }
