import SignpostPlugin

/// Links that end or change a subscription: `/u/…`, and whatever a `List-*` header field points to.
struct Subscription: LinkPlugin {
    static let name = "subscription"
    static let version = "1.0.0"
    static let summary = "Moves links that end or change a subscription, List-* fields included"
    static let settings = [
        Setting.strings("paths", default: ["/u/*"], help: "Path and query of its links; * is any run.")
    ]

    private let paths: [PathPattern]

    init(settings: Settings) throws {
        paths = try PathPattern.list("paths", of: settings)
    }

    func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim {
        // RFC 2369 and RFC 8058: what stands in a List-* field is about the list, whatever its path.
        link.matches(paths) || link.header?.lowercased().hasPrefix("list-") == true
            ? .moveToTrackingDomain : .notMine
    }
}

private let exported = ExportedPlugin(Subscription.self)

/// The plugin's entry point: see `signpost_plugin.h`.
@c(signpost_plugin_entry)
public func entry() -> UnsafeRawPointer? { exported.table }
