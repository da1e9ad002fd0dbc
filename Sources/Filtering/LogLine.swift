import Configuration
import Metrics
import Rewriting
import Senders

/// The one line per message that operators read (contract, "The log").
enum LogLine {
    /// - Parameters:
    ///   - tally: what was counted of `result`.
    ///   - plugins: the plugins in the order in which they are asked, which is that of their counts.
    ///   - unverified: those of the sender's domains that are not verified.
    static func rewritten(
        _ result: RewriteResult, _ tally: MessageTally, sender: Sender, plugins: [String], size: Int,
        time: Duration,
        unverified: [TrackingDomain]
    ) -> String {
        var line = "sender=\(sender.id) domain=\(sender.trackingDomain)"
        line += " rewritten=" + counted(tally.moved.map { ($0.plugin, $0.count) }, order: plugins)
        line += " left=" + counted(result.left.map { (key($0.reason), 1) }, order: [])
        line += " size=\(size) time=\(milliseconds(time))"
        if !unverified.isEmpty {
            line += " unverified=" + unverified.map(\.description).joined(separator: ",")
        }
        return line
    }

    static func unchanged(_ reason: String) -> String { "unchanged: " + reason }

    /// `3 (nested=1 comment=2)`, or `0`; names that are not in `order` come as they first occurred.
    private static func counted(_ names: [(name: String, count: Int)], order: [String]) -> String {
        // They are few: looking through them is quicker than a dictionary.
        var sums = order.map { (name: $0, count: 0) }
        for (name, count) in names {
            if let index = sums.firstIndex(where: { $0.name == name }) {
                sums[index].count += count
            } else {
                sums.append((name, count))
            }
        }
        let total = sums.reduce(0) { $0 + $1.count }
        if total == 0 { return "0" }
        let each = sums.filter { $0.count > 0 }.map { "\($0.name)=\($0.count)" }
        return "\(total) (\(each.joined(separator: " ")))"
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
