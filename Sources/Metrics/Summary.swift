/// The figures for a person: a screen of text, with small bars.
public struct Summary {
    private static let barWidth = 24.0
    private var lines: [String] = []

    /// A summary of `figures`.
    ///
    /// - Parameter now: seconds since 1970.
    public static func lines(_ figures: Figures, now: Double) -> [String] {
        var summary = Summary()
        summary.write(figures, now: now)
        return summary.lines
    }

    private mutating func write(_ figures: Figures, now: Double) {
        func total(_ family: MetricFamily) -> Double { figures.total(family.name) }
        let version = figures.samples(of: MetricFamily.buildInfo.name).first?.labels["version"] ?? "?"
        lines.append("signpost \(version), running for \(span(now - total(.startTime)))")

        let unchanged = figures.sums(.messages, by: "reason").filter { $0.name != "none" }
        let outcomes = figures.sums(.messages, by: "outcome")
        let rewritten = outcomes.first { $0.name == "rewritten" }?.value ?? 0
        title("Messages", total(.messages))
        bars([("rewritten", rewritten)] + unchanged.map { ("unchanged: " + words($0.name), $0.value) })
        title("Links moved", total(.linksMoved))
        bars(figures.sums(.linksMoved, by: "plugin"))
        if total(.linksMoved) > 0 { lines.append("") }
        bars(figures.sums(.linksMoved, by: "place").map { ("in " + $0.name, $0.value) })
        title("Links left", total(.linksLeft))
        bars(figures.sums(.linksLeft, by: "reason"))
        title("End of message", figures.total(MetricFamily.endOfMessage.name + "_count"))
        bars(buckets(figures))
        title("Tracking domains", total(.domains))
        bars(figures.sums(.domains, by: "state"))

        lines.append("")
        row("Received", bytes(total(.receivedBytes)) + ", bodies replaced " + bytes(total(.replacedBytes)))
        row(
            "Connections",
            "\(count(total(.openConnections))) open, \(count(total(.connections))) in all; "
                + "\(count(total(.messagesInProgress))) messages under way")
        row(
            "Senders",
            "\(count(total(.senders))); files with a mistake: \(count(total(.senderFilesWithErrors)))")
        let reloads = figures.sums(.reloads, by: "result").map { "\($0.name) \(count($0.value))" }
        let inEffect = total(.lastReloadSuccessful) == 1 ? "in effect" : "failed: the files before are in use"
        row(
            "Reloads",
            reloads.joined(separator: ", ")
                + "; files last read \(span(now - total(.lastReload))) ago, \(inEffect)")
        row(
            "Trouble",
            "plugin errors \(count(total(.pluginErrors))), send failures \(count(total(.sendFailures))), "
                + "domains lost \(count(total(.domainsLost)))")
        row(
            "Process",
            "\(bytes(total(.residentMemory))) of memory, \(count(total(.openFiles))) files open of "
                + "\(count(total(.maximumFiles))), \(decimal(total(.cpu))) s of processor")
    }

    /// `up to 0.5 ms`, and how many took longer than the bound before.
    private func buckets(_ figures: Figures) -> [(name: String, value: Double)] {
        var before = 0.0
        return figures.samples(of: MetricFamily.endOfMessage.name + "_bucket").map { sample in
            defer { before = sample.value }
            let bound = sample.labels["le"].flatMap(Double.init) ?? .infinity
            let name = bound.isFinite ? "up to \(decimal(bound * 1000)) ms" : "longer"
            return (name, sample.value - before)
        }
    }

    // MARK: Lines

    private mutating func title(_ name: String, _ value: Double) {
        lines.append("")
        lines.append(padded(name, 34) + leading(count(value), 12))
    }

    private mutating func row(_ name: String, _ text: String) { lines.append(padded(name, 14) + text) }

    /// A line for each value that is not zero, with a bar in proportion to the largest.
    private mutating func bars(_ values: [(name: String, value: Double)]) {
        let largest = values.map(\.value).max() ?? 0
        for (name, value) in values where value > 0 {
            let eighths = max(1, Int((value / largest * Self.barWidth * 8).rounded()))
            let rest = eighths % 8 == 0 ? "" : String(["▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8 - 1])
            let bar = String(repeating: "█", count: eighths / 8) + rest
            lines.append("  " + padded(name, 32) + leading(count(value), 12) + "  " + bar)
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func leading(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func words(_ label: String) -> String { label.replacing("_", with: " ") }

    private func count(_ value: Double) -> String {
        value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
    }

    /// At most two decimals.
    private func decimal(_ value: Double) -> String {
        let hundredths = (value * 100).rounded() / 100
        return hundredths == hundredths.rounded() ? count(hundredths) : "\(hundredths)"
    }

    private func bytes(_ value: Double) -> String {
        for (unit, size) in [("GiB", 0x1p30), ("MiB", 0x1p20), ("KiB", 0x1p10)] where value >= size {
            return "\((value / size * 10).rounded() / 10) \(unit)"
        }
        return count(value) + " bytes"
    }

    /// `3 d 4 h`, `4 h 5 min`, `5 min`, `30 s`.
    private func span(_ seconds: Double) -> String {
        let whole = Int64(max(0, min(seconds, 1e12)))
        switch whole {
        case 86400...: return "\(whole / 86400) d \(whole % 86400 / 3600) h"
        case 3600...: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        case 60...: return "\(whole / 60) min"
        default: return "\(whole) s"
        }
    }
}
