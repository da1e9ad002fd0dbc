import Metrics
import Rewriting

extension MessageTally {
    /// What a message that went through the plugins adds to the counters.
    ///
    /// - Parameter newBody: the body that takes the place of its own, nil where none does.
    init(_ result: RewriteResult, size: Int, newBody: NewBody?) {
        self.init(size: size, unchanged: result.rewritten.isEmpty ? .noLinks : nil)
        replacedBody = newBody?.count ?? 0
        // By index: a copy of each link would cost more than the counting.
        for index in result.rewritten.indices {
            countMoved(
                by: result.rewritten[index].plugin, at: PlaceClass(place: result.rewritten[index].place))
        }
        for link in result.left { countLeft(Self.label(for: link.reason)) }
    }

    /// A reason as the log line has it, if it is one of a fixed number: plugins write reasons of their own.
    static func label(for reason: String) -> String {
        if fixedReasons.contains(reason) { return LogLine.key(reason) }
        if reason.hasSuffix(" is off for this sender") { return "off-for-sender" }
        if reason.hasPrefix("unsafe answer from ") || reason.hasPrefix("unusable answer from ") {
            return "unusable-answer"
        }
        return "plugin"
    }

    private static let fixedReasons = LeftLink.engineReasons.union([
        "no plugin", "leave_paths", "domain not verified",
    ])
}
