import ArgumentParser
import Configuration
import Filtering
import Glibc

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
            end(ExitCode.success)
        } catch {
            let code = exitCode(for: error)
            let message = (code == .validationFailure ? unknownCommand() : nil) ?? fullMessage(for: error)
            if !message.isEmpty {
                // Help and version are what was asked for.
                if code.isSuccess { print(message) } else { complain(message) }
            }
            end(code)
        }
    }

    /// What is wrong where a sub-command is misspelt: ArgumentParser would complain of the options that follow it.
    private static func unknownCommand() -> String? {
        var (command, path): (any ParsableCommand.Type, String) = (self, "signpost")
        for word in CommandLine.arguments.dropFirst() {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            guard let next = known.first(where: { name(of: $0) == word }) else {
                return "Error: \(unknown("sub-command", word, known: known.map(name)))\n"
                    + "Usage: \(path) <subcommand>\n  See '\(path) --help' for more information."
            }
            (command, path) = (next, "\(path) \(word)")
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    /// Ends the process, and no library in it: a thread may still be connecting to a database or shaking hands with a
    /// server, and exit(3) would take Kerberos and OpenSSL from under it, which abort then.
    private static func end(_ code: ExitCode) -> Never {
        let isWritten = fflush(nil) == 0
        if !isWritten { complain("standard output cannot be written: \(systemError())") }
        _exit(isWritten ? code.rawValue : SystemExit.inputOutputError.rawValue)
    }
}

/// The option that every sub-command has.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("The main configuration file.", valueName: "file"))
    var config: String
}
