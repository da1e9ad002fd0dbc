/// A moment on the watch's clock: the time since 1970.
typealias Moment = Duration

/// When a domain is looked up again. All of it scales with `recheck`.
struct WatchTiming: Sendable, Equatable {
    /// How long a domain goes without a look at most.
    var recheck: Duration
    /// How long a used domain may fail in ways that are no plain "no".
    var grace: Duration

    /// The least time between two looks at a domain that is in order, and the time after which a "no" is asked for again.
    var pause: Duration { min(recheck, .seconds(60)) }

    /// Until a domain in order is looked up again: as long as DNS keeps the answer, within bounds.
    func afterSuccess(timeToLive: Duration?) -> Duration { min(max(timeToLive ?? recheck, pause), recheck) }

    /// Until a domain that failed so many times in a row is looked up again: 10 s, and twice as long each time.
    /// Whoever has just published a record waits in front of the screen.
    func afterFailure(number: Int) -> Duration { min(recheck, .seconds(10 << min(max(number - 1, 0), 20))) }

    /// From how much validity left on a certificate is spoken of.
    static let certificateNotice = Duration.seconds(14 * day)
    /// How often that is said of a domain, at most.
    static let reminder = Duration.seconds(day)
    /// How long a domain is remembered that nobody names any more.
    static let memory = Duration.seconds(day)

    private static let day = 86400
}
