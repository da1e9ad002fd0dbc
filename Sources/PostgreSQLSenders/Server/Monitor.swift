import Glibc

/// A value behind a lock, and threads that wait for it to change.
final class Monitor<Value>: @unchecked Sendable {  // the lock guards `value`
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone.
    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }

    /// Runs `body` alone, and has every waiting thread look again.
    func change<Result>(_ body: (inout Value) -> Result) -> Result {
        defer { pthread_cond_broadcast(condition) }
        return withLock(body)
    }

    /// Runs `body` alone, again after each change, until it gives a result. After the moment that it is told last
    /// it is run once more, as late.
    ///
    /// - Parameter body: gives a result, or until when to wait for the next change; nil is for ever.
    func wait<Result>(_ body: (_ value: inout Value, _ isLate: Bool) -> Wait<Result>) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var isLate = false
        while true {
            switch body(&value, isLate) {
            case .done(let result): return result
            case .until(nil): pthread_cond_wait(condition, mutex)
            case .until(let moment?):
                var time = moment.timespec
                isLate = pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT
            }
        }
    }

    enum Wait<Result> {
        case done(Result)
        case until(Moment?)
    }
}

/// A moment of the monotonic clock: nobody who sets the time of day prolongs a wait.
struct Moment: Comparable, Sendable {
    private var nanoseconds: Int64

    static var now: Moment {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Before all others.
    static let past = Moment(nanoseconds: .min)

    static func + (moment: Moment, duration: Duration) -> Moment {
        let (seconds, attoseconds) = duration.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = moment.nanoseconds.addingReportingOverflow(
            product + attoseconds / 1_000_000_000)
        return Moment(nanoseconds: overflow || overflows ? .max : sum)
    }

    static func - (moment: Moment, other: Moment) -> Duration {
        .nanoseconds(moment.nanoseconds - other.nanoseconds)
    }

    static func < (one: Moment, other: Moment) -> Bool { one.nanoseconds < other.nanoseconds }

    /// For poll(2): rounded up, so that what is left is never nothing too early.
    var millisecondsFromNow: Int32 {
        let left = max(nanoseconds - Moment.now.nanoseconds, 0)
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }

    fileprivate var timespec: Glibc.timespec {
        Glibc.timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
