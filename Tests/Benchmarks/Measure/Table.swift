/// A table for a terminal: the first column to the left, numbers to the right.
struct Table {
    private var rows: [[String]]
    private let title: String

    init(_ title: String, _ columns: [String]) {
        self.title = title
        rows = [columns]
    }

    mutating func add(_ cells: String...) {
        rows.append(cells)
    }

    func print() {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        Swift.print("\n" + title + "\n")
        for (index, row) in rows.enumerated() {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            Swift.print("  " + cells.joined(separator: "  "))
            if index == 0 {
                Swift.print("  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
            }
        }
    }
}

extension Double {
    /// With as many decimals as make sense for a rate or ratio.
    var short: String {
        if self >= 100 { return String(Int(rounded())) }
        let factor: Double = self >= 10 ? 10 : self >= 1 ? 100 : 1000
        return String((self * factor).rounded() / factor)
    }

    /// A rate in bytes per second.
    var megabytesPerSecond: String { (self / 1e6).short }
}

/// A size as people say it.
func spoken(_ bytes: Int) -> String {
    bytes >= 1_000_000 ? "\((Double(bytes) / 1e6).short) MB" : "\((Double(bytes) / 1e3).short) KB"
}
