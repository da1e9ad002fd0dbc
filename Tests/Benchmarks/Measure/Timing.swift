import Glibc

/// How long work takes on one core, told apart from what else the machine does.
enum Timing {
    /// This thread's own time so far, in seconds: others on the core do not count.
    static var threadTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Seconds that one round of `work` takes: the best of many, since noise only ever adds. Rounds go on for
    /// about `budget` seconds, and are three at least.
    static func best(budget: Double = 0.6, _ work: () -> Void) -> Double {
        var best = Double.infinity
        let start = threadTime
        var rounds = 0
        while rounds < 3 || threadTime - start < budget {
            let before = threadTime
            work()
            best = min(best, threadTime - before)
            rounds += 1
        }
        return best
    }
}

/// Keeps results alive that nobody looks at, so that the compiler does the work all the same.
@inline(never)
@_optimize(none)
func use<Value>(_ value: Value) {}
