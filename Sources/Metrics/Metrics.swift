import Synchronization

/// The counters of a running filter. Safe on many threads; a message takes a lock of a fraction of a microsecond at its
/// end, and nothing before.
public final class Metrics: Sendable {
    struct Counts {
        var rewritten = 0
        var unchanged: [UnchangedReason: Int] = [:]
        /// By plugin; an array has a count for each place class, in its order.
        var moved: [String: [Int]] = [:]
        var left: [String: Int] = [:]
        var receivedBytes = 0
        var replacedBytes = 0
        var endOfMessage = Histogram()
        var sendFailures: [SendFailure: Int] = [:]
        var pluginErrors: [String: Int] = [:]
        var domainsLost = 0
        var reloads: [ReloadResult: Int] = [:]
        var lastReload: ReloadResult = .ok
        /// Seconds since 1970.
        var lastReloadTime = Double(0)
        var senderFilesWithErrors = 0
    }

    private let mutex: Mutex<Counts>
    private let connections = Atomic<Int>(0)
    /// The program's version.
    public let version: String

    /// Counters at zero. The files have just been read.
    ///
    /// - Parameter filesWithErrors: sender files that have a mistake.
    public init(version: String, filesWithErrors: Int = 0) {
        self.version = version
        var counts = Counts()
        counts.lastReloadTime = wallClock()
        counts.senderFilesWithErrors = filesWithErrors
        mutex = Mutex(counts)
    }

    var counts: (counts: Counts, connections: Int) {
        (mutex.withLock { $0 }, connections.load(ordering: .relaxed))
    }

    /// A message is finished.
    public func count(_ message: MessageTally) {
        mutex.withLock { counts in
            if let reason = message.unchanged {
                counts.unchanged[reason, default: 0] += 1
            } else {
                counts.rewritten += 1
            }
            counts.receivedBytes += message.size
            counts.replacedBytes += message.replacedBody
            for (plugin, place, number) in message.moved {
                counts.moved[plugin, default: PlaceClass.zeros][place.index] += number
            }
            counts.left.merge(message.left, uniquingKeysWith: +)
        }
    }

    /// The end-of-message step of a message took so long.
    public func observeEndOfMessage(_ time: Duration) { mutex.withLock { $0.endOfMessage.observe(time) } }

    /// The MTA did not take a message's changes.
    public func count(_ failure: SendFailure) { mutex.withLock { $0.sendFailures[failure, default: 0] += 1 } }

    /// A plugin gave an unusable answer.
    public func countError(of plugin: String) {
        mutex.withLock { $0.pluginErrors[plugin, default: 0] += 1 }
    }

    /// An MTA has connected.
    public func countConnection() { connections.add(1, ordering: .relaxed) }

    /// A tracking domain was given up.
    public func countLostDomain() { mutex.withLock { $0.domainsLost += 1 } }

    /// The files were read again.
    ///
    /// - Parameter filesWithErrors: sender files that have a mistake; nil where nobody got so far.
    public func count(_ reload: ReloadResult, filesWithErrors: Int?) {
        mutex.withLock { counts in
            counts.reloads[reload, default: 0] += 1
            counts.lastReload = reload
            counts.lastReloadTime = wallClock()
            if let filesWithErrors { counts.senderFilesWithErrors = filesWithErrors }
        }
    }
}
