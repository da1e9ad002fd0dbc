import Glibc

/// Starts a thread of its own for `body`, nobody waits for it. False if there can be no more threads.
///
/// - Parameter niceness: how far it stands back for our other threads where there are not processors for all (nice(2)).
public func startThread(niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void) -> Bool {
    let start = Unmanaged.passRetained(ThreadStart(body, niceness: niceness))
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
            // On Linux this is the thread's alone, whatever POSIX says (nice(2)).
            if start.niceness != 0 { _ = nice(start.niceness) }
            start.body()
            return nil
        }, start.toOpaque())
    guard result == 0 else {
        start.release()
        return false
    }
    pthread_detach(thread)
    return true
}

private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void
    let niceness: Int32

    init(_ body: @escaping @Sendable () -> Void, niceness: Int32) {
        self.body = body
        self.niceness = niceness
    }
}
