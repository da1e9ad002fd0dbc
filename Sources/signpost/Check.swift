import ArgumentParser
import Configuration
import Filtering
import MTACheck
import PluginHost
import Senders
import TrackingDomains

/// `signpost check`: the main file, every sender file, every plugin.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Validate the configuration: the main file, every sender file, every plugin; and the MTA's.",
        discussion: """
            Prints every mistake as FILE:LINE:COLUMN: error: …; exits 0, or 78 where there is one. With --mta it also \
            looks at Postfix or Sendmail: whether Signpost is asked, in the right place among other filters, can be \
            reached, and what happens while it is down. Then there are warnings and notes, too; they do not count as \
            mistakes. Where the senders are in a database, it is asked whether the queries are in order; exits 69 \
            where it does not answer.
            """)

    @OptionGroup var options: ConfigurationOption

    @Option(
        name: .customLong("mta"), defaultAsFlag: .present,
        help: ArgumentHelp(
            "Look at the MTA's configuration, too: postfix or sendmail; without a word, the one that is there.",
            valueName: "mta"))
    var mta: MTAChoice?

    @Option(
        help: ArgumentHelp(
            "The configuration of another instance: a folder of Postfix, or Sendmail's file. Means --mta.",
            valueName: "path"))
    var mtaConfig: String?

    func run() throws {
        let reading = SnapshotReading(file: options.config)
        var errors = reading.errors
        do throws(ConfigurationError) {
            _ = try reading.settings.map(NetworkVerifier.init)
        } catch {
            // It stands in the main file, whose mistakes come first.
            errors.insert(
                error,
                at: errors.firstIndex { $0.position.file != options.config || error < $0 } ?? errors.count)
        }
        complain(errors)
        guard errors.isEmpty, let snapshot = reading.snapshot else { throw SystemExit.configuration }
        try snapshot.database.map(verifyThatItAnswers)
        let senders = snapshot.database == nil ? "\(snapshot.senders.count)" : "in the database"
        let plugins = snapshot.plugins.names.joined(separator: ", ")
        print("\(options.config): no errors; senders: \(senders); plugins: \(plugins)")
        if mta != nil || mtaConfig != nil { try checkMTA(snapshot.settings) }
    }

    private func checkMTA(_ settings: Settings) throws {
        let report: MTAReport
        do throws(MTACheckError) {
            let chosen: MTA
            if let named = mta?.named {
                chosen = named
            } else {
                chosen = try .present(configuration: mtaConfig)
            }
            report = try MTAReport(chosen, configuration: mtaConfig, settings: settings)
        } catch {
            complain("signpost check: \(error)")
            throw error.isMistake ? SystemExit.configuration : SystemExit.unavailable
        }
        for finding in report.findings where finding.level != .note { complain(finding.description) }
        for finding in report.findings where finding.level == .note { print(finding) }
        let (errors, warnings) = (report.count(.error), report.count(.warning))
        print("\(report.subject): errors: \(errors); warnings: \(warnings)")
        if errors > 0 { throw SystemExit.configuration }
    }
}

/// What `--mta` may say.
enum MTAChoice: String, ExpressibleByArgument, CaseIterable {
    case postfix, sendmail
    /// Whichever there is.
    case present

    static var allValueStrings: [String] { MTA.allCases.map(\.rawValue) }

    var named: MTA? { MTA(rawValue: rawValue) }
}
