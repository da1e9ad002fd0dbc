import Rewriting

/// The comparison with the alternatives: the mixtures, HTML alone, and the share of it that the targets name.
enum Mixtures {
    /// A set of messages that everybody gets.
    struct Entry {
        var name: String
        var title: String
        var messages: [[UInt8]]
    }

    /// What came of one.
    private struct Rates {
        var ours: Double
        var memmem: Double
        var python: Double?
        var lolHTML: Double?
    }

    static var entries: [Entry] {
        let small = Mixture.small()
        return [
            Entry(name: "small", title: "small: mails of 5 to 120 KB", messages: small),
            Entry(name: "all", title: "all: the same, some with 1 to 5 MB attached", messages: Mixture.all()),
            Entry(name: "html", title: "HTML alone, 8bit", messages: htmlAlone()),
            Entry(name: "linked", title: "of small: mails with links", messages: small.filter(hasLinks)),
            Entry(
                name: "linkless", title: "of small: mails without", messages: small.filter { !hasLinks($0) }),
        ]
    }

    static func measure(_ python: PythonResults?) {
        var table = Table(
            "Whole messages, one core",
            [
                "messages", "MB", "MB/s", "of memmem", "× Python", "× lol-html", "memmem MB/s", "memcpy MB/s",
                "memchr MB/s",
            ])
        let job = Job()
        var rates: [String: Rates] = [:]
        var output = 0
        for entry in entries {
            let messages = entry.messages
            let best = Timing.best(budget: 2) { for message in messages { job.rewrite(message) } }
            let found = Rates(
                ours: messages.size / best, memmem: Yardstick.memmem.rate(messages),
                python: python?["python " + entry.name], lolHTML: python?["lol-html " + entry.name])
            rates[entry.name] = found
            if entry.name == "linkless" { output = messages.reduce(0) { $0 + job.outputAllocation($1) } }
            table.add(
                entry.title, (messages.size / 1e6).short, found.ours.megabytesPerSecond,
                (found.ours / found.memmem).short, ratio(found.ours, found.python),
                ratio(found.ours, found.lolHTML), found.memmem.megabytesPerSecond,
                Yardstick.memcpy.rate(messages).megabytesPerSecond,
                Yardstick.memchr.rate(messages).megabytesPerSecond)
        }
        table.print()
        printTargets(rates, output: output)
    }

    private static func printTargets(_ rates: [String: Rates], output: Int) {
        var table = Table("Targets", ["what", "target", "reached", ""])
        func add(_ what: String, _ target: Double, _ reached: Double?) {
            table.add(
                what, target.short, reached?.short ?? "–",
                reached.map { $0 >= target ? "met" : "missed" } ?? "")
        }
        for (name, megabytes, memmem, python) in [("small", 700.0, 0.11, 58.0), ("all", 1500, 0.19, 100)] {
            guard let found = rates[name] else { continue }
            add(name + ", MB/s", megabytes, found.ours / 1e6)
            add(name + ", of memmem", memmem, found.ours / found.memmem)
            add(name + ", × Python", python, found.python.map { found.ours / $0 })
        }
        if let found = rates["html"] {
            add("HTML alone, MB/s", 1000, found.ours / 1e6)
            add("HTML alone, × lol-html", 18, found.lolHTML.map { found.ours / $0 })
        }
        if let with = rates["linked"], let without = rates["linkless"] {
            add("without links, × with", 2, without.ours / with.ours)
        }
        table.add("without links, bytes for output", "0", String(output), output == 0 ? "met" : "missed")
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
}
