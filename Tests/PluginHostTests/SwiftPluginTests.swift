import CSignpostPlugin
import Testing

@testable import SignpostPlugin

/// A plugin in Swift, asked as Signpost asks it.
@Suite struct SwiftPluginTests {
    /// Moves `/c/…`, and `/p/…` as a URL with a parameter of its own; leaves `/l/…`.
    private struct Parameter: LinkPlugin {
        static let name = "parameter"
        static let version = "1"
        static let summary = "Adds a parameter"

        init(settings: Settings) {}

        func claim(_ link: borrowing Link, for sender: borrowing Sender) -> Claim {
            if link.matches(PathPattern("/c/*")) { return .moveToTrackingDomain }
            if link.matches(PathPattern("/l/*")) { return .leave(reason: "not today") }
            guard link.matches(PathPattern("/p/*")) else { return .notMine }
            return .move(to: link.moved(to: sender) + Array("?by=\(sender.id)".utf8))
        }
    }

    private static let exported = ExportedPlugin(Parameter.self)

    /// What the plugin answers, and what it writes.
    private func answer(to rest: String, scheme: Int = SIGNPOST_SCHEME_KEEP) throws -> (Int, String) {
        let plugin = Self.exported.table.assumingMemoryBound(to: signpost_plugin.self)
        var settings = signpost_settings(size: MemoryLayout<signpost_settings>.size, values: nil, count: 0)
        var context: UnsafeMutableRawPointer?
        #expect(plugin.pointee.open(plugin, &settings, &context, nil) == 0)
        defer { plugin.pointee.close(context) }
        let url = "http://t.example:80" + rest
        return url.withABIString { url in
            "click.acme.example".withABIString { domain in
                "acme".withABIString { id in
                    var link = signpost_link()
                    link.size = MemoryLayout<signpost_link>.size
                    link.url = url
                    link.scheme = signpost_range(begin: 0, end: 4)
                    link.host = signpost_range(begin: 7, end: 16)
                    link.port = signpost_range(begin: 17, end: 19)
                    link.rest = signpost_range(begin: 19, end: url.length)
                    link.on_default_domain = 1
                    var sender = signpost_sender()
                    sender.size = MemoryLayout<signpost_sender>.size
                    sender.id = id
                    sender.tracking_domain = domain
                    sender.scheme = UInt32(scheme)
                    var written = ""
                    let answer = withUnsafeMutablePointer(to: &written) { written in
                        var sink = signpost_sink(size: MemoryLayout<signpost_sink>.size, host: written) {
                            sink, bytes, length in
                            sink?.pointee.host.assumingMemoryBound(to: String.self).pointee +=
                                String(signpost_string(bytes: bytes, length: length))
                            return 0
                        }
                        return plugin.pointee.claim(context, &link, &sender, &sink)
                    }
                    return (Int(answer), written)
                }
            }
        }
    }

    @Test func `a link that moves, and one that becomes something else`() throws {
        #expect(try answer(to: "/c/1") == (SIGNPOST_MOVE, "http://click.acme.example:80/c/1"))
        #expect(try answer(to: "/p/1") == (SIGNPOST_MOVE, "http://click.acme.example:80/p/1?by=acme"))
        let https = SIGNPOST_SCHEME_HTTPS
        #expect(try answer(to: "/c/1", scheme: https) == (SIGNPOST_MOVE, "https://click.acme.example/c/1"))
        #expect(
            try answer(to: "/p/1", scheme: https)
                == (SIGNPOST_MOVE, "https://click.acme.example/p/1?by=acme"))
    }

    @Test func `a link that stays, and one of somebody else`() throws {
        #expect(try answer(to: "/l/1") == (SIGNPOST_LEAVE, "not today"))
        #expect(try answer(to: "/x") == (SIGNPOST_NOT_MINE, ""))
    }
}

extension String {
    fileprivate func withABIString<Result>(_ body: (signpost_string) -> Result) -> Result {
        var text = self
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                body(signpost_string(bytes: $0.baseAddress, length: $0.count))
            }
        }
    }
}
