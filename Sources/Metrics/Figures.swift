/// Figures read from the text format, for those who show them.
public struct Figures: Sendable, Equatable {
    /// A figure with its labels.
    public struct Sample: Sendable, Equatable {
        /// The name, that of a histogram's part included (`…_bucket`).
        public var name: String
        /// The labels' values by their names.
        public var labels: [String: String]
        /// The figure.
        public var value: Double
    }

    /// All samples in their order.
    public private(set) var samples: [Sample] = []

    /// Reads an exposition as ``Metrics/exposition(_:)`` writes it.
    ///
    /// - Returns: nil where a line is no sample and no comment.
    public init?(_ lines: [String]) {
        for line in lines where !line.hasPrefix("#") {
            guard let sample = Sample(line) else { return nil }
            samples.append(sample)
        }
    }

    /// The samples of a name.
    func samples(of name: String) -> [Sample] { samples.filter { $0.name == name } }

    /// The sum of a name's samples; 0 where there is none.
    func total(_ name: String) -> Double { samples(of: name).reduce(0) { $0 + $1.value } }

    /// The sums of a family's samples by one of its labels, in the order of the exposition.
    func sums(_ family: MetricFamily, by label: String) -> [(name: String, value: Double)] {
        var sums: [(name: String, value: Double)] = []
        for sample in samples(of: family.name) {
            let name = sample.labels[label] ?? ""
            if let index = sums.firstIndex(where: { $0.name == name }) {
                sums[index].value += sample.value
            } else {
                sums.append((name, sample.value))
            }
        }
        return sums
    }
}

extension Figures.Sample {
    /// Reads `name{label="value",…} 12`. Values of labels hold no quote but escaped.
    fileprivate init?(_ line: String) {
        guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...])
        else {
            return nil
        }
        let series = line[..<space]
        let name = series.prefix { $0 != "{" }
        self.init(name: String(name), labels: [:], value: value)
        var rest = series.dropFirst(name.count).dropFirst()
        while let equals = rest.firstIndex(of: "=") {
            let label = String(rest[..<equals])
            rest = rest[equals...].dropFirst(2)
            var text = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\", let escaped = rest.popFirst() else {
                    text.append(character)
                    continue
                }
                text.append(escaped == "n" ? "\n" : escaped)
            }
            labels[label] = text
            rest = rest.dropFirst()  // the comma, or the closing brace
        }
    }
}
