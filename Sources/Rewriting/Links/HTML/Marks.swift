/// Places in a view, ascending, about which is asked stretch by stretch, in about their order: the next question is mostly
/// about the same gap between two of them.
struct Marks {
    private let places: [Int]
    /// How long the view is.
    private let count: Int
    /// A stretch without any.
    private var gap = ByteRange(0, 0)
    /// Which place the gap ends at.
    private var gapEnd = 0

    init(_ places: [Int], inViewOf count: Int) {
        self.places = places
        self.count = count
    }

    /// Whether one of them is in the stretch.
    @inline(__always)
    mutating func occur(in range: ByteRange) -> Bool {
        if range.start >= gap.start, range.end <= gap.end { return false }
        return occur(outsideGap: range)
    }

    @inline(never)
    private mutating func occur(outsideGap range: ByteRange) -> Bool {
        gapEnd = first(from: range.start)
        gap = ByteRange(
            gapEnd == 0 ? 0 : places[gapEnd - 1] + 1, gapEnd == places.count ? count : places[gapEnd])
        return gapEnd < places.count && places[gapEnd] < range.end
    }

    /// Whether exactly one of them is in the stretch.
    mutating func occurOnce(in range: ByteRange) -> Bool {
        guard occur(in: range) else { return false }
        return gapEnd + 1 == places.count || places[gapEnd + 1] >= range.end
    }

    /// The first one at or behind `start`: mostly the one at the gap's end or the next.
    private func first(from start: Int) -> Int {
        var low = gapEnd
        if low < places.count, places[low] < start { low += 1 }
        if low == 0 || places[low - 1] < start, low == places.count || places[low] >= start { return low }
        low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < start { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
