import Testing

@testable import Metrics

@Suite struct SummaryTests {
    @Test func `figures are read as they were written`() throws {
        let figures = try #require(Figures(ExpositionTests.busy().exposition(ExpositionTests.gauges())))
        #expect(
            figures.samples.contains(
                Figures.Sample(
                    name: "signpost_links_moved_total",
                    labels: ["plugin": "click-tracking", "place": "anchor"], value: 3)))
        #expect(figures.samples.contains { $0.labels["plugin"] == "a \"quoted\\ name\n" })
        #expect(figures.samples.contains { $0.labels["le"] == "+Inf" && $0.value == 3 })
    }

    @Test(arguments: ["nonsense", "a b", "a{b=\"c\"} x", ""])
    func `what is no exposition is refused`(_ line: String) {
        #expect(Figures([line]) == nil)
    }

    @Test func `a person sees totals, parts and bars`() throws {
        let figures = try #require(Figures(ExpositionTests.busy().exposition(ExpositionTests.gauges())))
        let lines = Summary.lines(figures, now: wallClock() + 86400)
        #expect(lines.first?.hasPrefix("signpost 1.2.3, running for 1 d ") == true)
        func line(_ beginning: String) -> String? {
            lines.first { $0.drop { $0 == " " }.hasPrefix(beginning) }
        }
        #expect(line("Messages")?.hasSuffix(" 3") == true)
        #expect(line("rewritten")?.hasSuffix("1  ████████████") == true)
        #expect(line("unchanged: no sender")?.hasSuffix("2  ████████████████████████") == true)
        #expect(line("unchanged: signed") == nil)
        #expect(line("click-tracking")?.contains("3  █") == true)
        #expect(line("in anchor")?.contains("3  █") == true)
        #expect(line("up to 0.5 ms")?.contains("1  █") == true && line("longer")?.contains("1  █") == true)
        #expect(line("Trouble") == "Trouble       plugin errors 1, send failures 1, domains lost 1")
        #expect(line("Reloads")?.contains("partial 1") == true)
    }

    @Test func `nothing yet is no trouble`() throws {
        let figures = try #require(Figures(Metrics(version: "1").exposition(Gauges())))
        #expect(Summary.lines(figures, now: 0).count > 10)
    }
}
