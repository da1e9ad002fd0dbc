/// What one message adds to the counters. Filled by the thread that has the message, and added at its end.
public struct MessageTally: Sendable {
    /// Why it is delivered as it came, nil where it is rewritten.
    public var unchanged: UnchangedReason?
    /// Bytes of its header and body.
    public var size: Int
    /// Bytes of the body that took the place of its own.
    public var replacedBody = 0
    /// The links that moved: a few sums, so that looking through them is quicker than a dictionary.
    public private(set) var moved: [(plugin: String, place: PlaceClass, count: Int)] = []
    /// The places where a default domain stays, by reason.
    private(set) var left: [String: Int] = [:]

    /// A message of `size` bytes.
    public init(size: Int, unchanged: UnchangedReason? = nil) {
        self.size = size
        self.unchanged = unchanged
    }

    /// A link moved.
    public mutating func countMoved(by plugin: String, at place: PlaceClass) {
        for index in moved.indices where moved[index].place == place && moved[index].plugin == plugin {
            moved[index].count += 1
            return
        }
        moved.append((plugin, place, 1))
    }

    /// A default domain stays; `reason` is one of a few.
    public mutating func countLeft(_ reason: String) { left[reason, default: 0] += 1 }
}

extension PlaceClass {
    static let zeros = [Int](repeating: 0, count: allCases.count)
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
