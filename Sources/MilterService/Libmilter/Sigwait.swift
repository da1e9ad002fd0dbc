import Glibc

/// libmilter's signal thread calls `sigwait(3)` for SIGHUP, SIGTERM and SIGINT and stops everything on each; there is
/// no option against it. This definition in our executable comes before the C library's for every library of the
/// process, libmilter included, and leaves those signals to us.
///
/// Another thread that waits for them too would win most of the time, not always: in storms of SIGHUP libmilter was
/// stopped after some 2,000.
@c(sigwait)
public func sigwaitWithoutLibmilter(
    _ set: UnsafePointer<sigset_t>?, _ signal: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let set, let signal else { return EINVAL }
    var waited = set.pointee
    if isLibmilters(&waited) { sigemptyset(&waited) }
    while true {
        let received = sigwaitinfo(&waited, nil)
        if received > 0 {
            signal.pointee = received
            return 0
        }
        if errno != EINTR { return errno }
    }
}

/// Whether a call of `sigwait` from any library of the process comes to ours.
func sigwaitIsOurs() -> Bool {
    let ours: @convention(c) (UnsafePointer<sigset_t>?, UnsafeMutablePointer<Int32>?) -> Int32 =
        sigwaitWithoutLibmilter
    return dlsym(nil, "sigwait") == unsafeBitCast(ours, to: UnsafeMutableRawPointer.self)
}

private func isLibmilters(_ set: inout sigset_t) -> Bool {
    [SIGHUP, SIGTERM, SIGINT].allSatisfy { sigismember(&set, $0) == 1 } && sigismember(&set, SIGUSR1) == 0
}
