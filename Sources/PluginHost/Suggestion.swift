import Configuration

/// `; did you mean "…"?` where one of `known` is near enough to `name`, else nothing.
func suggestion(for name: String, among known: [String]) -> String {
    nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
}
