/// Notices that nothing can be looked up at all, which changes no domain's state and yet needs somebody.
struct Silence {
    private var since: Moment?
    private var isTold = false

    /// Takes note of some look-ups.
    ///
    /// - Parameter reason: why none of them brought anything; nil where one did.
    /// - Returns: what the operator should hear: once when it has lasted, and once when it is over.
    mutating func heard(_ reason: String?, at now: Moment, _ timing: WatchTiming) -> WatchEvent? {
        guard let reason else {
            defer { (since, isTold) = (nil, false) }
            return isTold
                ? WatchEvent(isWarning: false, description: "domain_check: domains can be looked up again")
                : nil
        }
        let since = since ?? now
        self.since = since
        if isTold || now - since < timing.pause * 5 { return nil }
        isTold = true
        return WatchEvent(
            isWarning: true,
            description: "domain_check: no domain could be looked up for some time, the last one: \(reason); "
                + "links go on as they did. Are the resolvers in order?")
    }
}
