/// How often something took so long, in Prometheus's way.
struct Histogram: Sendable {
    /// The buckets' upper bounds in microseconds, and as the exposition writes them in seconds. A usual message takes
    /// less than a millisecond; an MTA gives up after minutes.
    static let bounds: [(microseconds: Int64, seconds: String)] = [
        (100, "0.0001"), (250, "0.00025"), (500, "0.0005"), (1000, "0.001"), (2500, "0.0025"),
        (5000, "0.005"),
        (10_000, "0.01"), (25_000, "0.025"), (50_000, "0.05"), (100_000, "0.1"), (250_000, "0.25"),
        (500_000, "0.5"), (1_000_000, "1"), (2_500_000, "2.5"), (10_000_000, "10"),
    ]

    /// Observations by bucket, each in one only; the last is for those over every bound.
    private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// The sum of all, in nanoseconds.
    private(set) var nanoseconds: Int64 = 0

    mutating func observe(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        let observed = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        nanoseconds &+= observed
        let index = Self.bounds.firstIndex { observed <= $0.microseconds * 1000 } ?? Self.bounds.count
        counts[index] += 1
    }
}
