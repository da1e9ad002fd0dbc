import Glibc
import Synchronization

/// Tells systemd that the service lives, as long as that is proven anew each time (WatchdogSec= in systemd.service(5)).
///
/// The proof is an MTA's: somebody connects and is answered. It is looked for on a thread of its own, which may get
/// stuck with the service, and passed on by the one that waits for signals, which may get stuck too.
final class Watchdog: Sendable {
    /// How often it has to be told.
    let interval: Duration
    private let isProven = Atomic<Bool>(false)
    private let isOver = Atomic<Bool>(false)

    init(interval: Duration) { self.interval = interval }

    /// Looks for a proof now, and then at every interval.
    ///
    /// - Parameter isAlive: whether the service does what it is for; may take as long as the interval.
    /// - Returns: false if there can be no more threads.
    func start(_ isAlive: @escaping @Sendable () -> Bool) -> Bool {
        startThread {
            while !self.isOver.load(ordering: .relaxed) {
                if isAlive() { self.isProven.store(true, ordering: .relaxed) }
                usleep(useconds_t(clamping: Int(self.interval / .microseconds(1))))
            }
        }
    }

    /// Passes a new proof on.
    func pass() {
        if isProven.exchange(false, ordering: .relaxed) { ServiceManager.tellAlive() }
    }

    /// From now on nobody can connect: the service ends within its time, and lives until then.
    func retire() {
        isOver.store(true, ordering: .relaxed)
        ServiceManager.tellAlive()
    }
}
