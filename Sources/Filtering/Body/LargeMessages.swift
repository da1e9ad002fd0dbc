import Glibc

/// Lets large messages be worked on a few at a time: what the engine needs for one grows with its size, and a hundred at
/// once must not need a hundred times that. Those that wait come in the order in which they asked.
final class LargeMessages: @unchecked Sendable {
    // Sendable because the lock guards what is below it.
    static let shared = LargeMessages()

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var bytesAtWork = 0
    private var nextTicket = 0
    private var ticketServed = 0

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Does `work` on a message of `size` bytes as soon as those at work have no more than `budget` bytes together with
    /// it, or are none.
    func work<Result, Failure: Error>(
        size: Int, budget: Int, _ work: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(lock)
        let ticket = nextTicket
        nextTicket += 1
        while ticket != ticketServed || (bytesAtWork > 0 && bytesAtWork + size > budget) {
            pthread_cond_wait(changed, lock)
        }
        ticketServed += 1
        bytesAtWork += size
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
        defer {
            pthread_mutex_lock(lock)
            bytesAtWork -= size
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(lock)
        }
        return try work()
    }
}
