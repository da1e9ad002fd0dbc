import Testing

@testable import Metrics

@Suite struct ExpositionTests {
    /// Counters in which something of everything happened.
    static func busy() -> Metrics {
        let metrics = Metrics(version: "1.2.3", filesWithErrors: 2)
        var tally = MessageTally(size: 1000)
        tally.replacedBody = 900
        for _ in 0..<3 { tally.countMoved(by: "click-tracking", at: .anchor) }
        tally.countMoved(by: "open-tracking", at: .image)
        tally.countLeft("nested")
        metrics.count(tally)
        metrics.count(MessageTally(size: 10, unchanged: .noSender))
        metrics.count(MessageTally(size: 20, unchanged: .noSender))
        metrics.observeEndOfMessage(.microseconds(400))
        metrics.observeEndOfMessage(.milliseconds(3))
        metrics.observeEndOfMessage(.seconds(60))
        metrics.countError(of: "a \"quoted\\ name\n")
        metrics.count(.tempfailed)
        metrics.countConnection()
        metrics.countLostDomain()
        metrics.count(.partial, filesWithErrors: 1)
        return metrics
    }

    static func gauges() -> Gauges {
        var gauges = Gauges()
        gauges.connections = 4
        gauges.messages = 5
        gauges.senders = 6
        gauges.plugins = ["click-tracking", "open-tracking"]
        gauges.domains = [("verified", 7), ("failing", 0)]
        return gauges
    }

    @Test func `every family is there once, with its help, its type and a sample`() {
        let lines = Self.busy().exposition(Self.gauges())
        #expect(
            lines.filter { $0.hasPrefix("# TYPE ") }
                == MetricFamily.all.map { "# TYPE \($0.name) \($0.kind.rawValue)" })
        for family in MetricFamily.all {
            #expect(lines.contains("# HELP \(family.name) \(family.help)"))
            #expect(lines.contains { $0.hasPrefix(family.name) })
            #expect(!family.help.contains("\n") && !family.help.contains("\\"))
        }
    }

    @Test(arguments: [
        "signpost_messages_total{outcome=\"rewritten\",reason=\"none\"} 1",
        "signpost_messages_total{outcome=\"unchanged\",reason=\"no_sender\"} 2",
        "signpost_messages_total{outcome=\"unchanged\",reason=\"signed\"} 0",
        "signpost_links_moved_total{plugin=\"click-tracking\",place=\"anchor\"} 3",
        "signpost_links_moved_total{plugin=\"open-tracking\",place=\"text\"} 0",
        "signpost_links_left_total{reason=\"nested\"} 1", "signpost_received_bytes_total 1030",
        "signpost_replaced_body_bytes_total 900",
        "signpost_end_of_message_seconds_bucket{le=\"0.00025\"} 0",
        "signpost_end_of_message_seconds_bucket{le=\"0.0005\"} 1",
        "signpost_end_of_message_seconds_bucket{le=\"0.005\"} 2",
        "signpost_end_of_message_seconds_bucket{le=\"10\"} 2",
        "signpost_end_of_message_seconds_bucket{le=\"+Inf\"} 3",
        "signpost_end_of_message_seconds_sum 60.003400000", "signpost_end_of_message_seconds_count 3",
        "signpost_send_failures_total{result=\"tempfailed\"} 1",
        "signpost_plugin_errors_total{plugin=\"click-tracking\"} 0",
        "signpost_plugin_errors_total{plugin=\"a \\\"quoted\\\\ name\\n\"} 1", "signpost_connections_total 1",
        "signpost_open_connections 4", "signpost_messages_in_progress 5", "signpost_senders 6",
        "signpost_sender_files_with_errors 1", "signpost_tracking_domains{state=\"verified\"} 7",
        "signpost_tracking_domains_lost_total 1", "signpost_reloads_total{result=\"partial\"} 1",
        "signpost_last_reload_successful 1", "signpost_build_info{version=\"1.2.3\"} 1",
    ])
    func `the figures are what was counted`(_ line: String) {
        #expect(Self.busy().exposition(Self.gauges()).contains(line))
    }

    @Test func `a failed reload keeps the number of broken files`() {
        let metrics = Self.busy()
        metrics.count(.failed, filesWithErrors: nil)
        let lines = metrics.exposition(Self.gauges())
        #expect(lines.contains("signpost_last_reload_successful 0"))
        #expect(lines.contains("signpost_sender_files_with_errors 1"))
    }

    @Test func `the process's figures are its own`() throws {
        let figures = try #require(Figures(Self.busy().exposition(Self.gauges())))
        let now = wallClock()
        let start = figures.total("process_start_time_seconds")
        #expect(start > now - 3600 && start <= now)
        #expect(figures.total("process_resident_memory_bytes") > 1_048_576)
        #expect(figures.total("process_cpu_seconds_total") > 0)
        #expect((3.0...100_000.0).contains(figures.total("process_open_fds")))
    }

    @Test func `counting from many threads loses nothing`() async {
        let metrics = Metrics(version: "")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        var tally = MessageTally(size: 1)
                        tally.countMoved(by: "p", at: .text)
                        metrics.count(tally)
                        metrics.countConnection()
                    }
                }
            }
        }
        let lines = metrics.exposition(Gauges())
        #expect(lines.contains("signpost_links_moved_total{plugin=\"p\",place=\"text\"} 8000"))
        #expect(lines.contains("signpost_connections_total 8000"))
    }

    @Test(arguments: [
        ("a[href]", PlaceClass.anchor), ("area[href]", .anchor), ("img[src]", .image),
        ("td[background]", .image),
        ("source[srcset]", .image), ("style", .style), ("p[style]", .style), ("text", .text),
        ("header", .header),
        ("script", .script), ("form[action]", .other), ("link[href]", .other),
    ])
    func `a place has a class`(place: String, expected: PlaceClass) {
        #expect(PlaceClass(place: place) == expected)
    }
}
