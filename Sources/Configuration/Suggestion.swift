/// Finds what a mistyped word was meant to be.
enum Suggestion {
    /// The known word nearest to `word`, or nil where none is near enough to be meant.
    static func nearest(to word: String, among known: [String]) -> String? {
        let normalized = normalize(word)
        guard normalized.count <= 64 else { return nil }
        let continued = known.filter { name in
            let name = normalize(name)
            return min(name.count, normalized.count) >= 4
                && (normalized.starts(with: name) || name.starts(with: normalized))
        }
        if continued.count == 1 { return continued[0] }
        // A third of the word may be wrong: a longer word has room for more slips.
        let limit = max(1, normalized.count / 3)
        return
            known
            .map { (name: $0, distance: distance(normalized, normalize($0))) }
            .filter { $0.distance <= limit }
            .min { $0.distance < $1.distance }?.name
    }

    /// `Socket-Mode` and `socket_mode` are the same slip of habit, not two letters apart.
    private static func normalize(_ word: String) -> [UInt8] {
        word.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    }

    /// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in 1...left.count {
            var row = [i]
            for j in 1...right.count {
                let substitution = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                var best = min(substitution, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    best = min(best, beforeLast[j - 2] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}

/// The known word that `word` was meant to be, or nil where none is near enough.
public func nearest(to word: String, among known: [String]) -> String? {
    Suggestion.nearest(to: word, among: known)
}
