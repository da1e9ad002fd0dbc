import Configuration

/// Where in a file of Postfix something stands. What it means is for postconf(1) to say.
struct PostfixLines {
    private let file: String
    /// The first lines of logical lines, those that don't begin with white space (postconf(5)), by number.
    private let starts: [(number: Int, text: Substring)]

    /// The lines of `file`; none where it can't be read.
    init(file: String) {
        self.file = file
        let text = String(decoding: fileContent(file) ?? [], as: UTF8.self)
        var starts: [(Int, Substring)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first, !first.isWhitespace, first != "#" else { continue }
            starts.append((index + 1, line))
        }
        self.starts = starts
    }

    /// The line of a parameter; the last one is in force.
    func line(of parameter: String) -> Int? {
        starts.last { line in
            line.text.hasPrefix(parameter)
                && line.text.dropFirst(parameter.count).drop(while: \.isWhitespace).first == "="
        }?.number
    }

    /// The line of a service.
    func line(ofService name: String, type: String) -> Int? {
        starts.last {
            Array($0.text.split(whereSeparator: \.isWhitespace).prefix(2)) == [name[...], type[...]]
        }?
        .number
    }

    /// `FILE:LINE`, or the file alone.
    func place(_ line: Int?) -> String { line.map { "\(file):\($0)" } ?? file }
}
