import Testing

@testable import TrackingDomains

@Suite struct WatchTableTests {
    private static let hour = WatchTiming(recheck: .seconds(3600), grace: .seconds(86400))

    private func questions(_ count: Int) throws -> [DomainQuestion: String] {
        var questions: [DomainQuestion: String] = [:]
        for number in 0..<count { questions[try question("c.s\(number).example")] = "s\(number)" }
        return questions
    }

    /// Runs the table as the watch does, in steps of a second, and counts the looks per second.
    private func simulate(
        _ table: inout WatchTable, from start: Int, seconds: Int, perSecond: Int = .max, ttl: Int? = nil,
        verdict: (DomainQuestion) -> DomainFinding.Verdict = { _ in .verified }
    ) -> [Int] {
        (start..<start + seconds).map { second in
            var looks = 0
            while looks < perSecond {
                let due = table.due(at: .seconds(second), atMost: 64)
                if due.isEmpty { break }
                looks += due.count
                for question in due {
                    var finding = DomainFinding(verdict(question))
                    finding.timeToLive = ttl.map { .seconds($0) }
                    _ = table.take(finding, for: question, at: .seconds(second))
                }
            }
            return looks
        }
    }

    @Test func `each of 10,000 domains is looked up every hour, and never a crowd at once`() throws {
        var table = WatchTable(timing: Self.hour)
        let start = 1_000_000
        table.list(try questions(10_000), at: .seconds(start))
        // As fast as the watch lets them: four batches a second.
        let first = simulate(&table, from: start, seconds: 60, perSecond: 256)
        #expect(first.reduce(0, +) == 10_000)
        // Each hour lets them drift further apart.
        _ = simulate(&table, from: start + 60, seconds: 5 * 3600)
        let later = simulate(&table, from: start + 60 + 5 * 3600, seconds: 3600)
        #expect((10_000...11_500).contains(later.reduce(0, +)), "\(later.reduce(0, +)) looks")
        #expect(later.max().map { $0 < 64 } == true, "up to \(later.max() ?? 0) in a second")
    }

    @Test func `after a restart good domains are spread over the whole of recheck`() throws {
        var table = WatchTable(timing: Self.hour)
        var known: [DomainQuestion: WatchTable.Entry] = [:]
        for (question, sender) in try questions(10_000) {
            var entry = WatchTable.Entry(sender: sender, lastSeen: .seconds(0))
            (entry.state.isUsed, entry.state.wasChecked) = (true, true)
            known[question] = entry
        }
        table.restore(known, at: .seconds(1_000_000))
        table.list(try questions(10_000), at: .seconds(1_000_000))
        let looks = simulate(&table, from: 1_000_000, seconds: 3600)
        #expect(looks.reduce(0, +) >= 10_000)
        #expect(looks.max().map { $0 < 24 } == true, "up to \(looks.max() ?? 0) in a second")
    }

    @Test func `a look costs the same with 1,000 domains and with 30,000`() throws {
        func cost(_ count: Int) throws -> Double {
            var table = WatchTable(timing: Self.hour)
            table.list(try questions(count), at: .seconds(1_000_000))
            _ = table.due(at: .seconds(1_000_000), atMost: 64)
            let start = ContinuousClock.now
            for _ in 0..<10 {
                for question in table.due(at: .seconds(1_000_000), atMost: 64) {
                    _ = table.take(DomainFinding(.verified), for: question, at: .seconds(1_000_000))
                }
            }
            return (ContinuousClock.now - start) / .microseconds(640)
        }
        _ = try cost(1000)
        let (few, many) = (try cost(1000), try cost(30_000))
        // A walk over all would be thirtyfold.
        #expect(many < 10 * few + 20, "\(few) µs against \(many) µs")
    }

    @Test func `a new domain is looked up before those that wait`() throws {
        var table = WatchTable(timing: Self.hour)
        table.list(try questions(1000), at: .seconds(1_000_000))
        _ = simulate(&table, from: 1_000_000, seconds: 1)
        let new = try question("new.example")
        let isNew = table.note(new, of: "new", at: .seconds(1_010_000))
        let due = table.due(at: .seconds(1_010_000), atMost: 64)
        #expect(isNew && due.count == 64 && due.first == new)
    }

    @Test func `a domain is with one look at a time`() throws {
        var table = WatchTable(timing: Self.hour)
        let one = try question("c.example")
        table.note(one, of: "s", at: .seconds(10))
        let first = table.due(at: .seconds(10), atMost: 64)
        table.note(one, of: "s", at: .seconds(11))
        table.list([one: "s"], at: .seconds(11))
        let second = table.due(at: .seconds(100_000), atMost: 64)
        _ = table.take(DomainFinding(.verified), for: one, at: .seconds(100_000))
        let third = table.due(at: .seconds(200_000), atMost: 64)
        #expect(first == [one] && second.isEmpty && third == [one])
    }

    @Test func `who is named no more is forgotten after a day, and comes back as known before that`() throws {
        var table = WatchTable(timing: Self.hour)
        let (one, other) = (try question("one.example"), try question("other.example"))
        table.list([one: "s", other: "t"], at: .seconds(1_000_000))
        _ = simulate(&table, from: 1_000_000, seconds: 10)
        table.unlist([one, other], at: .seconds(1_000_000))
        #expect(table.problem(of: one) == nil)
        table.list([other: "t"], at: .seconds(1_050_000))
        _ = simulate(&table, from: 1_086_500, seconds: 3700)
        #expect(Array(table.entries.keys) == [other])
        #expect(table.isUnsaved)
        #expect(table.problem(of: one) == "not looked up yet")
    }

    @Test func `nobody's domain is not looked up, until somebody wants to know again`() throws {
        var table = WatchTable(timing: Self.hour)
        let one = try question("one.example")
        table.list([one: "s"], at: .seconds(1_000_000))
        _ = simulate(&table, from: 1_000_000, seconds: 10)
        table.unlist([one], at: .seconds(1_000_010))
        let alone = simulate(&table, from: 1_000_010, seconds: 10_000)
        #expect(alone.reduce(0, +) == 0)
        #expect(table.problem(of: one) == nil, "what was known is known")
        table.note(one, of: "s", at: .seconds(1_020_000))
        let wanted = simulate(&table, from: 1_020_000, seconds: 10)
        #expect(wanted.reduce(0, +) == 1)
    }

    @Test func `a shorter recheck counts at once`() throws {
        var table = WatchTable(timing: Self.hour)
        table.list(try questions(600), at: .seconds(1_000_000))
        _ = simulate(&table, from: 1_000_000, seconds: 1)
        table.timing.recheck = .seconds(60)
        table.hurry(at: .seconds(1_000_010))
        let looks = simulate(&table, from: 1_000_010, seconds: 61)
        #expect((600...700).contains(looks.reduce(0, +)) && looks.max().map { $0 < 40 } == true)
    }

    @Test func `a domain of a sender from elsewhere stays while messages ask for it`() throws {
        var table = WatchTable(timing: Self.hour)
        let one = try question("one.example")
        for day in 0..<4 {
            table.note(one, of: "s", at: .seconds(1_000_000 + day * 80_000))
            _ = simulate(&table, from: 1_000_000 + day * 80_000, seconds: 3700)
        }
        #expect(table.entries[one] != nil)
        _ = simulate(&table, from: 1_500_000, seconds: 3700)
        #expect(table.entries.isEmpty)
    }

    @Test func `moments of a clock that was set back do not count as the future`() throws {
        var table = WatchTable(timing: Self.hour)
        let one = try question("one.example")
        var entry = WatchTable.Entry(sender: "s", lastSeen: .seconds(9_000_000))
        (entry.state.isUsed, entry.state.wasChecked) = (true, true)
        entry.state.failingSince = .seconds(9_000_000)
        table.restore([one: entry], at: .seconds(1_000_000))
        #expect(table.entries[one]?.state.failingSince == .seconds(1_000_000))
        #expect(table.entries[one]?.lastSeen == .seconds(1_000_000))
    }

    @Test func `the schedule gives back in the order of time`() throws {
        var schedule = Schedule()
        let times = (0..<1000).map { _ in Int.random(in: 0..<500) }
        let one = try question("c.example")
        for time in times { schedule.add(Schedule.Appointment(time: .seconds(time), question: one)) }
        var order: [Duration] = []
        while let next = schedule.removeFirst() { order.append(next.time) }
        #expect(order == times.sorted().map { .seconds($0) })
        #expect(schedule.first == nil)
    }
}

@Test func `a watch that learns nothing says so once, and when that is over`() {
    var silence = Silence()
    let timing = WatchTiming(recheck: .seconds(3600), grace: .seconds(86400))
    var events: [WatchEvent] = []
    for (second, reason) in [
        (0, "x"), (299, "x"), (300, "SERVFAIL"), (400, "x"), (500, nil), (600, nil), (700, "x"),
    ]
        as [(Int, String?)]
    {
        if let event = silence.heard(reason, at: .seconds(second), timing) { events.append(event) }
    }
    #expect(events.map(\.isWarning) == [true, false])
    #expect(events.first?.description.contains("the last one: SERVFAIL; links go on as they did") == true)
}
