/// Writes Prometheus's text format, version 0.0.4.
struct Exposition {
    private(set) var lines: [String] = []

    /// Begins a family; its samples follow.
    mutating func begin(_ family: MetricFamily) {
        lines.append("# HELP \(family.name) \(family.help)")
        lines.append("# TYPE \(family.name) \(family.kind.rawValue)")
    }

    /// A whole family: the values of its labels, and the figure, of each series.
    mutating func add(_ family: MetricFamily, _ samples: [(labels: [String], value: Int)]) {
        begin(family)
        for (values, value) in samples {
            sample(family.name, Array(zip(family.labels, values)), String(value))
        }
    }

    /// A family of one series without labels.
    mutating func add(_ family: MetricFamily, _ value: Int) { add(family, [([], value)]) }

    /// A family of one series without labels, in seconds with three decimals.
    mutating func add(_ family: MetricFamily, seconds: Double) {
        begin(family)
        sample(family.name, [], decimal(Int64(seconds * 1000), places: 3))
    }

    mutating func add(_ family: MetricFamily, _ histogram: Histogram) {
        begin(family)
        var sum = 0
        for (bound, count) in zip(Histogram.bounds.map(\.seconds) + ["+Inf"], histogram.counts) {
            sum += count
            sample(family.name + "_bucket", [("le", bound)], String(sum))
        }
        sample(family.name + "_sum", [], decimal(histogram.nanoseconds, places: 9))
        sample(family.name + "_count", [], String(sum))
    }

    private mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: String) {
        let each = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
        lines.append(name + (each.isEmpty ? "" : "{\(each.joined(separator: ","))}") + " " + value)
    }

    private func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// A number of units of 10^-places, as a decimal fraction.
    private func decimal(_ number: Int64, places: Int) -> String {
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (number < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }
}
