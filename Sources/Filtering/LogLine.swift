import Configuration
import Rewriting
import Senders

/// The one line per message that operators read (contract, "The log").
enum LogLine {
    /// - Parameters:
    ///   - plugins: the plugins in the order in which they are asked, which is that of their counts.
    ///   - unverified: those of the sender's domains that are not verified.
    static func rewritten(
        _ result: RewriteResult, sender: Sender, plugins: [String], size: Int, time: Duration,
        unverified: [TrackingDomain]
    ) -> String {
        var line = "sender=\(sender.id) domain=\(sender.trackingDomain)"
        line += " rewritten=" + counted(result.rewritten.map(\.plugin), order: plugins)
        line += " left=" + counted(result.left.map { key($0.reason) }, order: [])
        line += " size=\(size) time=\(milliseconds(time))"
        if !unverified.isEmpty {
            line += " unverified=" + unverified.map(\.description).joined(separator: ",")
        }
        return line
    }

    static func unchanged(_ reason: String) -> String { "unchanged: " + reason }

    /// `3 (nested=1 comment=2)`, or `0`; names that are not in `order` come as they first occurred.
    private static func counted(_ names: [String], order: [String]) -> String {
        if names.isEmpty { return "0" }
        var order = order
        var counts: [String: Int] = [:]
        for name in names {
            if counts[name] == nil, !order.contains(name) { order.append(name) }
            counts[name, default: 0] += 1
        }
        let each = order.compactMap { name in counts[name].map { "\(name)=\($0)" } }
        return "\(names.count) (\(each.joined(separator: " ")))"
    }

    /// A reason as one word.
    static func key(_ reason: String) -> String {
        let words = reason.split(separator: " ")
        return (words.first == "html" ? words.dropFirst() : words[...]).joined(separator: "-")
    }

    private static func milliseconds(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
        return "\(tenths / 10).\(tenths % 10)ms"
    }
}
