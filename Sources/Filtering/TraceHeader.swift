import Rewriting
import Senders

/// The header field of `trace_header: on`: who moved the links, for those who wonder.
enum TraceHeader {
    static let name = "X-Link-Rewrite"

    static func change(sender: Sender, result: RewriteResult) -> HeaderChange {
        let value =
            " signpost; sender=\(sender.id); domain=\(sender.trackingDomain); links=\(result.rewritten.count)"
        return HeaderChange(name: Array(name.utf8), occurrence: nil, value: Array(value.utf8))
    }
}
