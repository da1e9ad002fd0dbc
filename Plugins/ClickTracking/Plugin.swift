import SignpostPlugin

/// Links that count a click and lead on: `/c/…`.
struct ClickTracking: LinkPlugin {
    static let name = "click-tracking"
    static let version = "1.0.0"
    static let summary = "Moves links that count a click and lead on to their target"
    static let settings = [
        Setting.strings("paths", default: ["/c/*"], help: "Path and query of its links; * is any run.")
    ]

    private let paths: [PathPattern]

    init(settings: Settings) throws {
        paths = try PathPattern.list("paths", of: settings)
    }

    func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim {
        link.matches(paths) ? .moveToTrackingDomain : .notMine
    }
}

private let exported = ExportedPlugin(ClickTracking.self)

/// The plugin's entry point: see `signpost_plugin.h`.
@c(signpost_plugin_entry)
public func entry() -> UnsafeRawPointer? { exported.table }
