import SignpostPlugin

/// Images that count an opening: `/o/…`.
struct OpenTracking: LinkPlugin {
    static let name = "open-tracking"
    static let version = "1.0.0"
    static let summary = "Moves images that count when a message is opened"
    static let settings = [
        Setting.strings("paths", default: ["/o/*"], help: "Path and query of its links; * is any run.")
    ]

    private let paths: [PathPattern]

    init(settings: Settings) throws {
        paths = try PathPattern.list("paths", of: settings)
    }

    func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim {
        link.matches(paths) ? .moveToTrackingDomain : .notMine
    }
}

private let exported = ExportedPlugin(OpenTracking.self)

/// The plugin's entry point: see `signpost_plugin.h`.
@c(signpost_plugin_entry)
public func entry() -> UnsafeRawPointer? { exported.table }
