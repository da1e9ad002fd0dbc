import Rewriting

/// The comparison with the alternatives: the mixtures, HTML alone, and the share of it that the targets name.
enum Mixtures {
    /// A set of messages that everybody gets.
    struct Entry {
        var name: String
        var title: String
        var messages: [[UInt8]]
        /// At least so many of a memmem scan, and so many times Python.
        var targets: (memmem: Double?, python: Double?)
    }

    static var entries: [Entry] {
        let small = Mixture.small()
        let (with, without) = (small.filter(hasLinks), small.filter { !hasLinks($0) })
        return [
            Entry(name: "small", title: "small: mails of 5 to 120 KB", messages: small, targets: (0.11, 58)),
            Entry(
                name: "all", title: "all: the same, some with 1 to 5 MB attached", messages: Mixture.all(),
                targets: (0.19, 100)),
            Entry(name: "html", title: "HTML alone, 8bit", messages: htmlAlone(), targets: (nil, nil)),
            Entry(name: "linked", title: "of small: mails with links", messages: with, targets: (nil, nil)),
            Entry(name: "linkless", title: "of small: mails without", messages: without, targets: (nil, nil)),
        ]
    }

    static func measure(_ python: PythonResults?) {
        var table = Table(
            "Whole messages, one core (targets in brackets)",
            [
                "messages", "MB", "MB/s", "of memmem", "× Python", "× lol-html", "memmem MB/s", "memcpy MB/s",
                "memchr MB/s",
            ])
        let job = Job()
        for entry in entries {
            let messages = entry.messages
            let memmem = Yardstick.memmem.rate(messages)
            let rate =
                messages.size / Timing.best(budget: 2) { for message in messages { job.rewrite(message) } }
            table.add(
                entry.title, (messages.size / 1e6).short, rate.megabytesPerSecond,
                (rate / memmem).short + bracket(entry.targets.memmem),
                ratio(rate, python?["python " + entry.name]) + bracket(entry.targets.python),
                ratio(rate, python?["lol-html " + entry.name]), memmem.megabytesPerSecond,
                Yardstick.memcpy.rate(messages).megabytesPerSecond,
                Yardstick.memchr.rate(messages).megabytesPerSecond)
        }
        table.print()
    }

    /// HTML of 10 to 100 KB that is the whole mail.
    private static func htmlAlone() -> [[UInt8]] {
        var random = Random(7)
        return (0..<60).map { _ in
            let newsletter = Newsletter(
                size: random.number(10...100) * 1000, links: random.number(20...80),
                hosts: .init(tracking: Mails.trackingDomain), random: &random)
            return Mails.htmlAlone(newsletter, .eightBit, random: &random)
        }
    }

    private static func hasLinks(_ message: [UInt8]) -> Bool {
        Job().rewrite(message)?.rewritten.isEmpty == false
    }

    private static func ratio(_ rate: Double, _ other: Double?) -> String {
        other.map { (rate / $0).short } ?? "–"
    }

    private static func bracket(_ target: Double?) -> String { target.map { " [\($0.short)]" } ?? "" }
}
