import ArgumentParser
import Configuration
import Filtering
import Glibc
import Rewriting
import TrackingDomains

/// `signpost rewrite`: what the milter would do to a message.
struct Rewrite: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rewrite one message as the milter would, offline.",
        discussion: """
            Reads a message from MESSAGE or standard input and writes the delivered message to standard output. \
            Line ends stay as they are. Without --login and --client it is local submission. \
            DNS is not asked: a tracking domain counts as verified unless the state file of `serve` says otherwise. \
            Exits 0 whether or not anything changed, 65 where the input is not a message at all.
            """)

    @OptionGroup var options: ConfigurationOption

    @Option(help: ArgumentHelp("The envelope sender.", valueName: "address"))
    var from: String

    @Option(help: ArgumentHelp("The SASL login.", valueName: "name"))
    var login: String?

    @Option(help: ArgumentHelp("The client's IP address.", valueName: "ip"))
    var client: String?

    @Option(help: ArgumentHelp("The name of the MTA's daemon.", valueName: "name"))
    var daemon: String?

    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "file"))
    var report: String?

    @Flag(help: "Print a table of what was done and why to standard error.")
    var explain = false

    @Argument(help: ArgumentHelp("The message; standard input where there is none.", valueName: "message"))
    var path: String?

    func validate() throws {
        if let client, IPAddress(client) == nil {
            throw ValidationError(
                "--client: found \(quoted(client)), expected an IP address such as 192.0.2.7 or 2001:db8::7")
        }
    }

    func run() throws {
        let (snapshot, errors) = Snapshot.load(file: options.config)
        complain(errors)
        guard let snapshot else { throw SystemExit.configuration }
        snapshot.connect { _, line in complain(line) }
        let message = try readMessage()
        let envelope = Envelope(sender: from, login: login, client: clientAddress, daemonName: daemon)
        let domains = snapshot.settings.domainCheck
        let known = domains.mode == .off ? nil : KnownDomains(stateFile: domains.state) { complain($0) }
        let outcome = OfflineRewrite.run(message, envelope: envelope, snapshot: snapshot, domains: known) {
            complain($0)
        }
        if let report { try write(outcome.report, to: report) }
        if explain { complain(Explanation.table(outcome.report)) }
        guard writeAll(outcome.delivered, to: STDOUT_FILENO) else {
            complain("standard output: cannot be written: \(systemError())")
            throw SystemExit.inputOutputError
        }
    }

    /// A login without a client comes from somewhere that we know nothing of. An empty login is none.
    private var clientAddress: String? {
        client ?? ((login ?? "").isEmpty ? nil : "unknown")
    }

    private func readMessage() throws -> RawMessage {
        let name = path ?? "standard input"
        var descriptor = STDIN_FILENO
        if let path, path != "-" {
            descriptor = open(path, O_RDONLY)
            guard descriptor >= 0 else {
                complain("\(path): cannot be opened: \(systemError())")
                throw SystemExit.noInput
            }
        }
        guard let bytes = readAll(from: descriptor) else {
            complain("\(name): cannot be read: \(systemError())")
            throw SystemExit.noInput
        }
        guard let message = RawMessage(bytes) else {
            let found = bytes.isEmpty ? "nothing" : "no header field at its start"
            complain(
                "\(name):1:1: error: found \(found), expected a message (RFC 5322: header fields, an empty line, a body)"
            )
            throw SystemExit.dataError
        }
        return message
    }

    private func write(_ report: Report, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0, writeAll(try report.json(), to: descriptor), close(descriptor) == 0 else {
            complain("\(path): the report cannot be written: \(systemError())")
            throw SystemExit.cannotCreate
        }
    }
}
