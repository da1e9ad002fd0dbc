import ArgumentParser
import Filtering

/// The command. Its sub-commands are each in a file of their own.
@main
struct Signpost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signpost",
        abstract: "Moves tracking links in outbound mail to each sender's own domain.",
        version: "signpost \(version)",
        subcommands: [
            Serve.self, Check.self, Rewrite.self, Domain.self, Plugins.self, Reload.self, Stats.self,
        ])

    /// The version of this build.
    static let version = "0.1.0"

    /// ArgumentParser's own exit code for wrong arguments is 64, EX_USAGE of sysexits.h.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}

/// The option that every sub-command has.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("The main configuration file.", valueName: "file"))
    var config: String
}
