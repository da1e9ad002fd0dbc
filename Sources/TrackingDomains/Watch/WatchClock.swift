import Glibc

/// A clock that begins with the wall clock's time and goes on steadily, whatever becomes of that.
struct WatchClock: Sendable {
    private let wall: Moment
    private let start = ContinuousClock.now

    init() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        wall = .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    var now: Moment { wall + (ContinuousClock.now - start) }
}
