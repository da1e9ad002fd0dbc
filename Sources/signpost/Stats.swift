import ArgumentParser
import Configuration
import FoundationEssentials
import Metrics
import MilterService

/// `signpost stats`: what the running filter has done so far.
struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the running filter has done so far.",
        discussion: """
            The figures are those of `metrics:`, which need not be on for this. Exits 0, or 69 where no filter answers.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "Print JSON: a list of objects with name, labels and value.")
    var json = false

    func run() throws {
        let answer = try askFilter("stats", configuration: options.config)
        guard answer.exitCode == 0, let figures = Figures(answer.lines) else {
            complain("the running filter does not know `stats`; is it of version \(Signpost.version)?")
            throw SystemExit.unavailable
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let samples = try encoder.encode(figures.samples.map(Row.init))
            print(String(decoding: samples, as: UTF8.self))
        } else {
            for line in Summary.lines(figures, now: wallClock()) { print(line) }
        }
    }

    private struct Row: Encodable {
        let name: String
        let labels: [String: String]
        let value: Double

        init(_ sample: Figures.Sample) { (name, labels, value) = (sample.name, sample.labels, sample.value) }
    }
}
