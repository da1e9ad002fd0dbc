import Filtering
import Rewriting

/// A report as a table for a person.
enum Explanation {
    static func table(_ report: Report) -> String {
        var lines: [String] = []
        if let sender = report.sender, let domain = report.trackingDomain {
            lines.append("sender \(sender), tracking domain \(domain)")
        }
        if let reason = report.unchangedBecause {
            lines.append("unchanged: \(reason)")
            return lines.joined(separator: "\n")
        }
        lines.append("rewritten: \(report.rewritten.count)")
        lines += columns(
            report.rewritten.map { [$0.part, $0.place, $0.plugin, $0.before + "\n  -> " + $0.after] })
        lines.append("left: \(report.left.count)")
        lines += columns(report.left.map { [$0.part, $0.place, $0.reason, $0.url] })
        return lines.joined(separator: "\n")
    }

    /// Rows with every column but the last as wide as its widest cell.
    private static func columns(_ rows: [[String]]) -> [String] {
        guard let first = rows.first else { return [] }
        let widths = first.indices.dropLast().map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = "  "
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            let indent = String(repeating: " ", count: line.count)
            return line + (row.last ?? "").split(separator: "\n").joined(separator: "\n" + indent)
        }
    }
}
