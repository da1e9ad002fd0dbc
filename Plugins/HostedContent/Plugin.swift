import SignpostPlugin

/// Whatever else is hosted on a default domain: the view in a browser, images, style sheets.
struct HostedContent: LinkPlugin {
    static let name = "hosted-content"
    static let version = "1.0.0"
    static let summary = "Moves whatever else is on a default domain: the view in a browser, images, files"
    static let settings = [
        Setting.strings("paths", default: ["*"], help: "Path and query of its links; * is any run.")
    ]

    private let paths: [PathPattern]

    init(settings: Settings) throws {
        paths = try PathPattern.list("paths", of: settings)
    }

    func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim {
        link.matches(paths) ? .moveToTrackingDomain : .notMine
    }
}

private let exported = ExportedPlugin(HostedContent.self)

/// The plugin's entry point: see `signpost_plugin.h`.
@c(signpost_plugin_entry)
public func entry() -> UnsafeRawPointer? { exported.table }
