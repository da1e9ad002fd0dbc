import ArgumentParser
import Configuration
import Senders
import TrackingDomains

/// `signpost domain`: senders' tracking domains.
struct Domain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A sender's tracking domain: the DNS record to publish, and whether it is in place.",
        subcommands: [DomainShow.self, DomainAdd.self, DomainVerify.self])
}

/// What the sub-commands start from.
struct DomainContext {
    let settings: Settings
    let verifier: NetworkVerifier
    let senders: SenderSource

    /// Reads the main file; its mistakes are printed, and end the command.
    init(_ options: ConfigurationOption) throws {
        let (settings, errors) = Settings.load(file: options.config)
        complain(errors)
        guard let settings, errors.isEmpty else { throw SystemExit.configuration }
        do throws(ConfigurationError) {
            verifier = try NetworkVerifier(settings)
        } catch {
            complain([error])
            throw SystemExit.configuration
        }
        self.settings = settings
        senders = try SenderSource(settings)
    }

    /// Looks up all domains of a sender, each once.
    func findings(for sender: Sender) -> [DomainAnswer] {
        var found: [DomainAnswer] = []
        let questions = DomainAnswer.questions(of: sender)
        verifier.verify(questions) {
            found.append(DomainAnswer(sender: sender.id, question: $0, finding: $1))
        }
        return questions.compactMap { question in found.first { $0.question == question } }
    }
}

/// What was found out about one of a sender's domains.
struct DomainAnswer {
    var sender: String
    var question: DomainQuestion
    var finding: DomainFinding

    /// What to ask about a sender. A domain to which only some links move as https has to be good for those.
    static func questions(of sender: Sender) -> [DomainQuestion] {
        let all = DomainQuestion.all(of: sender)
        return all.filter { question in
            question.needsHTTPS || !all.contains(DomainQuestion(domain: question.domain, needsHTTPS: true))
        }
    }
}
