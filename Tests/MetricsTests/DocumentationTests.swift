import Foundation
import Testing

@testable import Metrics

/// The documents, the dashboard and the rules speak of what the program exports, and of all of it.
@Suite struct DocumentationTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The metric names in a file, without the suffixes of a histogram's parts.
    private static func names(in path: String) throws -> Set<String> {
        let histograms = MetricFamily.all.filter { $0.kind == .histogram }.map(\.name)
        let names = try text(path).matches(of: /\b(?:signpost|process)_[a-z_]+/).map { String($0.output) }
        return Set(
            names.map { name in
                histograms.first {
                    ["_bucket", "_sum", "_count"].contains(name.dropFirst($0.count)) && name.hasPrefix($0)
                }
                    ?? name
            })
    }

    private static let exported = Set(MetricFamily.all.map(\.name))

    @Test func `the table of docs has a row for every family, as the program describes it`() throws {
        let rows = try Self.text("docs/METRICS.md").split(separator: "\n").filter {
            $0.hasPrefix("| `signpost_") || $0.hasPrefix("| `process_")
        }
        let expected = MetricFamily.all.map { family in
            let labels = family.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(family.name)` | \(family.kind.rawValue) | \(labels) | \(family.help) |"
        }
        #expect(rows.map(String.init) == expected)
    }

    @Test func `the docs name every value of a label that the program has`() throws {
        let text = try Self.text("docs/METRICS.md")
        let values =
            UnchangedReason.allCases.map(\.rawValue) + PlaceClass.allCases.map(\.rawValue)
            + ReloadResult.allCases.map(\.rawValue) + SendFailure.allCases.map(\.rawValue)
        for value in values { #expect(text.contains("`\(value)`"), "\(value)") }
    }

    @Test func `the dashboard shows every metric, and none that is not there`() throws {
        #expect(try Self.names(in: "conf/grafana-dashboard.json") == Self.exported)
        let object = try JSONSerialization.jsonObject(
            with: Data(try Self.text("conf/grafana-dashboard.json").utf8))
        #expect((object as? [String: Any])?["panels"] is [Any])
    }

    @Test func `the alert rules ask for metrics that are there`() throws {
        let asked = try Self.names(in: "conf/alerts.yaml")
        #expect(asked.isSubset(of: Self.exported) && asked.count > 8)
    }

    @Test func `labels in the dashboard and the rules are those of the metric`() throws {
        for path in ["conf/grafana-dashboard.json", "conf/alerts.yaml"] {
            let text = try Self.text(path).replacing("\\\"", with: "\"")
            for match in text.matches(of: /\b((?:signpost|process)_[a-z_]+)\{([^}]*)\}/) {
                let family = try #require(
                    MetricFamily.all.first { match.output.1.hasPrefix($0.name) }, "\(match.output.1)")
                for selector in match.output.2.split(separator: ",") {
                    let label = String(selector.prefix { $0 != "=" && $0 != "!" })
                    #expect((family.labels + ["job", "instance", "le"]).contains(label), "\(match.output.0)")
                }
            }
        }
    }
}
