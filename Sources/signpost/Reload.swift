import ArgumentParser
import Configuration
import MilterService

/// `signpost reload`: asks the running filter to read its files again.
struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the running filter read its files again.",
        discussion: """
            Waits until that is done, and prints what came of it. Exits 0 where all is in order, 78 where there are \
            mistakes (the filter goes on with what was good), 69 where no filter answers.
            """)

    @OptionGroup var options: ConfigurationOption

    @Flag(
        name: .shortAndLong,
        help: "Print nothing: the filter logs the same, and the exit status says whether to look.")
    var quiet = false

    func run() throws {
        let answer = try askFilter("reload", configuration: options.config)
        if !quiet { for line in answer.lines { print(line) } }
        if answer.exitCode != 0 { throw ExitCode(answer.exitCode) }
    }
}

/// Has the running filter of a configuration carry out a command. Where nobody can be asked, that is said on standard
/// error, and the exit code thrown.
func askFilter(_ command: String, configuration: String) throws -> ControlAnswer {
    let (settings, errors) = Settings.load(file: configuration)
    guard let settings else {
        complain(errors)
        complain("\(configuration): the running filter was not asked, and goes on as it was")
        throw SystemExit.configuration
    }
    guard let path = settings.controlPath else {
        complain(
            "\(configuration): where the filter takes commands does not follow from `listen: \(settings.listen)`; "
                + "set `control:` to a path")
        throw SystemExit.configuration
    }
    do {
        return try ControlClient.ask(command, at: path)
    } catch {
        complain(error.description)
        throw ExitCode(error.exitCode.rawValue)
    }
}
