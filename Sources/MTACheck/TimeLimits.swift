/// How long an MTA waits for a milter, against what makes sense for ours.
struct TimeLimits {
    /// Where they are written, and for which mail.
    var place: String
    var mail: String

    /// Below this a busy machine, a reload, or a domain with many senders may look like a failure; Signpost answers
    /// within milliseconds, a message of 64 MiB within seconds.
    static let least: [Kind: Int] = [.connect: 5, .command: 10, .content: 60]
    /// A client gives up 10 minutes after the final dot (RFC 5321 section 4.5.3.2.6), and sends again what may have
    /// been delivered.
    static let mostForContent = 600

    enum Kind: String {
        case connect = "to connect"
        case command = "for a reply"
        case content = "for the end of a message"
    }

    /// What is wrong with `text` as the limit of this kind. `line` gives the line to write for a number of seconds.
    func findings(_ kind: Kind, _ text: String, defaultUnit: Character, line: (Int) -> String) -> [Finding] {
        guard let seconds = Self.seconds(text, defaultUnit: defaultUnit) else {
            return [
                Finding(
                    .error, place,
                    "\(mail): expected a time such as 30s \(kind.rawValue), found \"\(text)\"")
            ]
        }
        if let least = Self.least[kind], seconds < least {
            return [
                Finding(
                    .warning, place,
                    "\(mail): \(text) \(kind.rawValue) is short: a busy moment counts as a failure of Signpost",
                    remedy: line(kind == .content ? 300 : 30))
            ]
        }
        if kind == .content, seconds > Self.mostForContent {
            return [
                Finding(
                    .warning, place,
                    "\(mail): \(text) \(kind.rawValue) is longer than clients wait (10 minutes, RFC 5321 section "
                        + "4.5.3.2.6): they send the message again",
                    remedy: line(300))
            ]
        }
        return []
    }

    /// `30`, `30s`, `5m`, `1h`, `1d`, `1w` in seconds.
    static func seconds(_ text: String, defaultUnit: Character) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
        guard let last = text.last else { return nil }
        let unit = last.isNumber ? defaultUnit : last
        let digits = last.isNumber ? Substring(text) : text.dropLast()
        guard let factor = units[unit], let number = Int(digits), number >= 0 else { return nil }
        let (seconds, tooLong) = number.multipliedReportingOverflow(by: factor)
        return tooLong ? nil : seconds
    }
}
