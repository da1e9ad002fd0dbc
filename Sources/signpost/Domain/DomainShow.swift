import ArgumentParser
import Configuration
import Senders
import TrackingDomains

/// `signpost domain show`: for the sender to read.
struct DomainShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "What a custom tracking domain is for, the record to publish, and what is published now.",
        discussion: """
            The text is fit to be sent to the sender. Exits 0 whether or not the domain is in place; 67 where there is \
            no such sender, 78 where the configuration or the sender's file is broken, 69 where the database that \
            the senders are in does not answer.
            """)

    @OptionGroup var options: ConfigurationOption

    @Argument(help: ArgumentHelp(SenderSource.help, valueName: "sender"))
    var sender: String

    func run() throws {
        let context = try DomainContext(options)
        switch try context.senders.sender(sender) {
        case .sender(let sender):
            for (number, answer) in context.findings(for: sender).enumerated() {
                if number > 0 { print("\n") }
                print(DomainShow.purpose(answer, context.settings).joined(separator: "\n"))
                print("\n" + DomainShow.block(answer, context.settings).joined(separator: "\n"))
            }
        case .broken(let errors):
            complain(errors)
            throw SystemExit.configuration
        case .none:
            context.senders.complainOfMissing(sender)
            throw SystemExit.noUser
        }
    }

    /// What a custom domain is for, in three sentences.
    private static func purpose(_ answer: DomainAnswer, _ settings: Settings) -> [String] {
        let host = answer.question.domain.host
        let until =
            settings.domainCheck.mode == .require
            ? ["Until it is in place, your links stay on the shared name and go on working."]
            : ["It has to be in place before mail is sent: links to a name that leads nowhere are dead."]
        return [
            "Tracking domain \(answer.question.domain) of \(answer.sender)", "",
            "Links in your mail lead through \(host), a name of your own, so that readers and spam filters",
            "judge your mail by your name and not by what others send.",
            "All that it takes is one DNS record, which points that name to \(settings.cnameTarget).",
        ] + until
    }

    /// The record, what is published, what is wrong and what to do.
    static func block(_ answer: DomainAnswer, _ settings: Settings) -> [String] {
        let record = DomainRecord(answer.question.domain, target: settings.cnameTarget)
        let advice = Advice(answer: answer, settings: settings, now: secondsSince1970())
        var lines = ["Record to publish"]
        lines += record.lines(flattened: settings.domainCheck.flattened).map { $0.isEmpty ? "" : "  " + $0 }
        lines += ["", "Published now: \(advice.published)", "State: \(advice.state)"]
        lines += advice.warnings.map { "Warning: \($0)" }
        if let remedy = advice.remedy { lines.append("What to do: \(remedy)") }
        return lines
    }
}
