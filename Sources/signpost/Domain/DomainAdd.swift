import ArgumentParser
import Configuration
import Senders
import TrackingDomains

/// `signpost domain add`: enters a tracking domain in the sender's file.
struct DomainAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Enter or change the tracking domain in a sender's file, and verify it.",
        discussion: """
            Comments, layout and every other byte of the file stay. Nothing is written where the domain or the file has \
            a mistake. A sender without a file gets one if its addresses are given with --address. A running filter \
            takes the change over at its next reload.

            Exits 0 where the domain was entered, even if DNS is not in place yet (it says so; `signpost domain verify` \
            tells by its exit code); 65 where the domain is refused, 67 where there is no such sender, 78 where the \
            configuration is broken.
            """)

    @OptionGroup var options: ConfigurationOption

    @Option(
        help: ArgumentHelp(
            "For a sender without a file: an address, @domain or @*.domain that is its own; may be repeated.",
            valueName: "address"))
    var address: [String] = []

    @Argument(help: ArgumentHelp("The sender: its file's name without .yaml.", valueName: "sender"))
    var sender: String

    @Argument(help: ArgumentHelp("Its tracking domain, such as click.acme.example.", valueName: "domain"))
    var domain: String

    func run() throws {
        let context = try DomainContext(options)
        let editor = try context.senders.folder(
            or: "enter the domain there; `signpost domain show` with an address of the sender verifies it")
        do throws(ValueError) {
            _ = try TrackingDomain(parsing: domain)
        } catch {
            complain("\(quoted(domain)) is no tracking domain: \(error.message)")
            throw SystemExit.dataError
        }
        let isNew = if case .none = editor.sender(sender) { true } else { false }
        if isNew, address.isEmpty {
            context.senders.complainOfMissing(sender)
            complain("to make one, say whose mail it is: --address @acme.example (may be repeated)")
            throw SystemExit.noUser
        }
        if !isNew, !address.isEmpty {
            complain("\(sender) has a file already; its addresses are changed there, not with --address")
            throw SystemExit.dataError
        }
        do throws(EditFailure) {
            let sender =
                isNew
                ? try editor.create(sender, addresses: address, trackingDomain: domain)
                : try editor.setTrackingDomain(domain, of: sender)
            print("\(sender.file): tracking_domain is now \(sender.trackingDomain)\n")
            show(sender, context)
        } catch {
            complain(error.errors)
            complain("nothing was written")
            throw SystemExit.dataError
        }
    }

    private func show(_ sender: Sender, _ context: DomainContext) {
        guard
            let answer = context.findings(for: sender).first(where: {
                $0.question.domain == sender.trackingDomain
            })
        else { return }
        print(DomainShow.block(answer, context.settings).joined(separator: "\n"))
        if answer.finding.verdict.isInOrder || context.settings.domainCheck.mode != .require { return }
        print("\nIt is entered, but not verified yet: links stay on the default domain until it is.")
    }
}
