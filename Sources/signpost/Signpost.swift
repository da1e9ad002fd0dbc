import ArgumentParser
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
            let message = fullMessage(for: error)
            let code = exitCode(for: error)
            if !message.isEmpty {
                // Help and version are what was asked for.
                if code.isSuccess { print(message) } else { complain(message) }
            }
            end(code)
        }
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
