import Glibc

/// Writes the messages of the comparison for others to read.
enum Dump {
    /// `FOLDER/NAME/0001.eml` and so on.
    static func write(to folder: String) {
        mkdir(folder, 0o755)
        for entry in Mixtures.entries {
            mkdir(folder + "/" + entry.name, 0o755)
            for (index, message) in entry.messages.enumerated() {
                let number = String(index + 10_000).dropFirst()
                guard let file = fopen("\(folder)/\(entry.name)/\(number).eml", "w") else { continue }
                fwrite(message, 1, message.count, file)
                fclose(file)
            }
        }
    }
}

/// What yardsticks.py has measured: lines of a name, a tab, bytes per second.
struct PythonResults {
    private var rates: [String: Double] = [:]

    init?(path: String) {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 400)
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(
                decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let cells = text.split(separator: "\t")
            if cells.count == 2 { rates[String(cells[0])] = Double(String(cells[1])) }
        }
    }

    subscript(name: String) -> Double? { rates[name] }
}
