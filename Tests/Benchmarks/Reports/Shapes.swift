/// Encoding by number of links by size.
enum Shapes {
    static func measure() {
        var table = Table(
            "MB/s of message, by encoding and tracked links",
            ["size", "links", "quoted-printable", "base64", "8bit"])
        let job = Job()
        for size in [5_000, 20_000, 60_000, 120_000, 1_000_000, 10_000_000] {
            for links in [0, 20, 200] {
                let rates = Encoding.allCases.map { encoding in
                    let message = Mails.shaped(size: size, links: links, encoding)
                    let rounds = max(1, 200_000 / message.count)
                    let time = Timing.best(budget: 0.2) { for _ in 0..<rounds { job.rewrite(message) } }
                    return (Double(message.count * rounds) / time).megabytesPerSecond
                }
                table.add(spoken(size), String(links), rates[0], rates[1], rates[2])
            }
        }
        table.print()
    }
}

/// What a message asks the allocator for. It has to depend on its links, not on its bytes.
enum Allocations {
    static func measure() {
        var table = Table(
            "Allocations per message: blocks, and bytes for each byte of message",
            ["size", "links", "quoted-printable", "", "base64", "", "8bit", ""])
        let job = Job()
        for (size, links) in [(20_000, 0), (20_000, 20), (1_000_000, 0), (1_000_000, 20), (1_000_000, 200)] {
            let cells = Encoding.allCases.flatMap { encoding in
                let message = Mails.shaped(size: size, links: links, encoding)
                let (blocks, bytes) = job.allocations(message)
                return [String(blocks), (Double(bytes) / Double(message.count)).short]
            }
            table.add(
                spoken(size), String(links), cells[0], cells[1], cells[2], cells[3], cells[4], cells[5])
        }
        table.print()
    }
}
