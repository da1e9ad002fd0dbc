import ArgumentParser
import Configuration
import Senders
import TrackingDomains

/// `signpost domain verify`: whether everything is in place.
struct DomainVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Ask DNS (and HTTPS servers) whether senders' tracking domains are in place.",
        discussion: """
            Exits 0 only if all are in place; 1 where one is not; 75 where nothing worse was found than that no \
            statement can be had now (time-out, SERVFAIL); 67 where there is no such sender; 78 where the \
            configuration is broken; 69 where the database that the senders are in does not answer. A sender's file \
            with a mistake counts as not in place.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(help: "All senders.")
    var all = false

    @Flag(help: "Print a JSON array, an object for each domain.")
    var json = false

    @Argument(help: ArgumentHelp(SenderSource.help, valueName: "sender"))
    var senders: [String] = []

    func validate() throws {
        if all != senders.isEmpty {
            throw ValidationError(all ? "Give senders or --all, not both." : "Name a sender, or give --all.")
        }
    }

    func run() throws {
        let context = try DomainContext(options)
        let (senders, broken, isOneMissing) = try all ? everybody(context) : named(context)
        let answers = verify(senders, context)
        if json {
            let objects =
                answers.map { DomainObject($0, context.settings) } + broken.map(DomainObject.init(broken:))
            guard writeAll(try DomainObject.json(objects), to: 1) else { throw SystemExit.inputOutputError }
        } else {
            for answer in answers { print(line(answer, context)) }
            let good = answers.count { $0.finding.verdict.isInOrder }
            print("\(good) of \(answers.count + broken.count) in place")
        }
        if isOneMissing { throw SystemExit.noUser }
        let bad = answers.filter { !$0.finding.verdict.isInOrder }
        if bad.isEmpty, broken.isEmpty { return }
        throw broken.isEmpty && bad.allSatisfy(\.isUnknown) ? SystemExit.temporaryFailure : ExitCode(1)
    }

    private typealias Senders = (senders: [Sender], broken: [BrokenSender], isOneMissing: Bool)

    private func everybody(_ context: DomainContext) throws -> Senders {
        _ = try context.senders.folder(or: "name an address of each sender in place of --all")
        let (directory, errors) = SenderDirectory.load(context.settings)
        complain(errors)
        // The folder itself cannot be read: there is nothing to say of anybody.
        if errors.contains(where: { $0.position.file == context.settings.file }) {
            throw SystemExit.configuration
        }
        let sound = Set(directory.senders.map(\.file))
        var files: [String: [ConfigurationError]] = Dictionary(grouping: errors, by: \.position.file)
        for file in sound { files[file] = nil }
        let broken = files.sorted { $0.key < $1.key }.map { BrokenSender(file: $0.key, errors: $0.value) }
        return (directory.senders, broken, false)
    }

    private func named(_ context: DomainContext) throws -> Senders {
        var result: Senders = ([], [], false)
        var seen: Set<String> = []
        for id in senders where seen.insert(id).inserted {
            switch try context.senders.sender(id) {
            case .sender(let sender): result.senders.append(sender)
            case .broken(let errors):
                complain(errors)
                result.broken.append(BrokenSender(file: context.senders.file(of: id), errors: errors))
            case .none:
                context.senders.complainOfMissing(id)
                result.isOneMissing = true
            }
        }
        return result
    }

    /// All domains of all senders at once, in the senders' order.
    private func verify(_ senders: [Sender], _ context: DomainContext) -> [DomainAnswer] {
        let asked = senders.flatMap { sender in
            DomainAnswer.questions(of: sender).map { (sender: sender.id, question: $0) }
        }
        var found: [DomainQuestion: DomainFinding] = [:]
        let questions = Set(asked.map(\.question))
        let progress = Progress(total: questions.count, "domains looked up")
        context.verifier.verify(Array(questions)) { question, finding in
            found[question] = finding
            progress.step()
        }
        progress.end()
        return asked.compactMap { sender, question in
            found[question].map { DomainAnswer(sender: sender, question: question, finding: $0) }
        }
    }

    private func line(_ answer: DomainAnswer, _ context: DomainContext) -> String {
        let advice = Advice(answer: answer, settings: context.settings, now: secondsSince1970())
        let warnings = advice.warnings.map { "; warning: \($0)" }.joined()
        return "\(answer.sender): \(answer.question.domain): \(advice.state)\(warnings)"
    }
}

extension DomainAnswer {
    /// Whether nothing was found out.
    fileprivate var isUnknown: Bool {
        if case .unreachable = finding.verdict { true } else { false }
    }
}
