/// The names that someone may have meant.
enum Suggestion {
    /// `; did you mean "…"?` where one of `known` is close enough to `name`, else nothing.
    static func sentence(for name: String, among known: [String]) -> String {
        let limit = max(1, name.utf8.count / 3)
        let closest = known.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        guard let closest, closest.distance <= limit else { return "" }
        return "; did you mean \"\(closest.name)\"?"
    }

    /// The Levenshtein distance, in bytes. Names are short; the quadratic cost is not felt.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (line, byte) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let substituted = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
