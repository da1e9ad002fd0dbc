/// Cost against size: nanoseconds for each byte have to stay the same from 10 KB to 64 MB.
enum Sizes {
    static func measure() {
        var table = Table(
            "Cost against size, a link every KB: ns per byte", ["size", "quoted-printable", "base64", "8bit"])
        let job = Job()
        for size in [10_000, 100_000, 1_000_000, 10_000_000, 64_000_000] {
            let costs = Encoding.allCases.map { encoding in
                let message = Mails.shaped(size: size, links: size / 1000, encoding)
                let rounds = max(1, 1_000_000 / message.count)
                let time = Timing.best(budget: 0.3) { for _ in 0..<rounds { job.rewrite(message) } }
                return (time / Double(message.count * rounds) * 1e9).short
            }
            table.add(spoken(size), costs[0], costs[1], costs[2])
        }
        table.print()
    }
}

/// Messages made to be slow: the last column is about 1 where cost grows as the size does.
enum HostileInput {
    static func measure() {
        let (small, large) = (2_000_000, 64_000_000)
        var table = Table(
            "Hostile messages: ns per byte", ["message", "KB of 20", "MB of 2", "MB of 64", "64 : 2"])
        let job = Job()
        for hostile in Hostile.all {
            let costs = [20_000, small, large].map { size in
                let message = hostile.message(size: size)
                // One round of the large ones: they are about orders of magnitude.
                let time: Double
                if size == large {
                    let before = Timing.threadTime
                    job.rewrite(message)
                    time = Timing.threadTime - before
                } else {
                    time = Timing.best(budget: 0.05) { job.rewrite(message) }
                }
                return time / Double(message.count) * 1e9
            }
            table.add(
                hostile.name, costs[0].short, costs[1].short, costs[2].short, (costs[2] / costs[1]).short)
        }
        table.print()
    }
}
