import FoundationEssentials

/// A clock that begins with the wall clock's time and goes on steadily, whatever becomes of that.
struct WatchClock: Sendable {
    private let wall = Moment.seconds(Date.now.timeIntervalSince1970)
    private let start = ContinuousClock.now

    var now: Moment { wall + (ContinuousClock.now - start) }
}
