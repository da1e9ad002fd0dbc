/// A sendmail.cf, as far as it is about milters (Sendmail Installation and Operation Guide, sections 5.6, 5.11).
struct SendmailFile {
    /// The file.
    let path: String
    /// `O Name=value`, the last of each that is there once, in its own spelling.
    private(set) var options: [String: (value: String, line: Int)] = [:]
    /// `X` lines.
    private(set) var filters: [String: Filter] = [:]
    /// `O DaemonPortOptions`, one for each daemon.
    private(set) var daemons: [Daemon] = []
    /// `D{name}value`.
    private(set) var macros: [String: (value: String, line: Int)] = [:]

    /// Whether it says of which version of the format it is, as each of them does; the files that m4 makes it of do not.
    private(set) var hasVersion = false

    /// `Xname, S=address, F=flags, T=timeouts`
    struct Filter {
        var name: String
        var line: Int
        /// `S`, `F` and `T` as written.
        var equates: [Character: String]
    }

    /// A daemon that listens for mail.
    struct Daemon {
        var name: String
        var port: String
        /// Its own list of filters; nil where it has the common one.
        var filters: [String]?
        var line: Int
    }

    /// Reads the file.
    init(path: String) throws(MTACheckError) {
        guard let content = fileContent(path) else {
            throw MTACheckError("\(path): \(systemError())", isMistake: false)
        }
        self.path = path
        for (number, line) in Self.logicalLines(String(decoding: content, as: UTF8.self)) {
            switch line.first {
            case "O": readOption(trimmed(line.dropFirst()), number)
            case "X": readFilter(line.dropFirst(), number)
            case "V": hasVersion = true
            case "D" where line.hasPrefix("D{"):
                let parts = line.dropFirst(2).split(separator: "}", maxSplits: 1)
                if parts.count == 2 { macros[String(parts[0])] = (trimmed(parts[1]), number) }
            default: break
            }
        }
    }

    /// The common list of filters.
    var inputMailFilters: [String] { Self.list(options["InputMailFilters"]?.value ?? "", ",") }

    /// `FILE:LINE`
    func place(_ line: Int?) -> String { line.map { "\(path):\($0)" } ?? path }

    private mutating func readOption(_ text: String, _ number: Int) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        let name = trimmed(parts[0])
        if name == "DaemonPortOptions" { readDaemon(parts[1], number) }
        options[name] = (trimmed(parts[1]), number)
    }

    /// Sendmail looks at the first letter of each key alone.
    private mutating func readDaemon(_ text: Substring, _ number: Int) {
        var daemon = Daemon(name: "", port: "25", filters: nil, line: number)
        for equate in Self.list(text, ",") {
            let parts = equate.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            switch parts[0].first {
            case "N": daemon.name = trimmed(parts[1])
            case "P": daemon.port = trimmed(parts[1])
            case "I": daemon.filters = Self.list(parts[1], ";")
            default: break
            }
        }
        if daemon.name.isEmpty { daemon.name = "Daemon\(daemons.count)" }
        daemons.append(daemon)
    }

    private mutating func readFilter(_ text: Substring, _ number: Int) {
        let parts = Self.list(text, ",")
        guard let name = parts.first else { return }
        var equates: [Character: String] = [:]
        for equate in parts.dropFirst() {
            guard let key = equate.first, let equals = equate.firstIndex(of: "=") else { continue }
            equates[key] = trimmed(equate[equate.index(after: equals)...])
        }
        filters[name] = Filter(name: name, line: number, equates: equates)
    }

    private static func list(_ text: some StringProtocol, _ separator: Character) -> [String] {
        text.split(separator: separator).map { trimmed($0) }.filter { !$0.isEmpty }
    }

    /// Lines with those that go on behind white space joined, comments left out; with their numbers.
    private static func logicalLines(_ text: String) -> [(Int, String)] {
        var lines: [(Int, String)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first, first != "#" else { continue }
            if first.isWhitespace, let last = lines.indices.last {
                lines[last].1 += line
            } else {
                lines.append((index + 1, String(line)))
            }
        }
        return lines
    }
}
