/// One thing that the check of an MTA found.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// How much it matters.
    public enum Level: String, Sendable {
        /// Links are not rewritten, or signatures break.
        case error
        /// It works, and may not be what was meant; or it cannot be told from here.
        case warning
        /// How it is.
        case note
    }

    /// How much it matters.
    public var level: Level
    /// The file, with the line where there is one: `FILE:LINE`.
    public var place: String
    /// What was found, and what it leads to.
    public var message: String
    /// What to write there, or the command that mends it.
    public var remedy: String?

    init(_ level: Level, _ place: String, _ message: String, remedy: String? = nil) {
        self.level = level
        self.place = place
        self.message = message
        self.remedy = remedy
    }

    /// `FILE:LINE: error: …`, and on a line of its own what to write.
    public var description: String {
        "\(place): \(level.rawValue): \(message)" + (remedy.map { "\n    \($0)" } ?? "")
    }
}

extension [Finding] {
    /// Each message once: several services are treated by one line of main.cf, and two lists may be one.
    var withoutRepetition: [Finding] {
        var said = Set<String>()
        return filter { said.insert($0.level.rawValue + $0.message).inserted }
    }
}

/// Why an MTA's configuration can't be looked at.
public struct MTACheckError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where, what, and what to do.
    public var description: String
    /// Whether there is something that is wrong; otherwise there is nothing to look at.
    public var isMistake: Bool

    init(_ description: String, isMistake: Bool = true) {
        self.description = description
        self.isMistake = isMistake
    }
}
