import ArgumentParser
import Configuration
import Filtering
import PluginHost
import Senders
import TrackingDomains

/// `signpost check`: the main file, every sender file, every plugin.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate the configuration: the main file, every sender file, every plugin.",
        discussion: """
            Prints every mistake as FILE:LINE:COLUMN: error: …; exits 0, or 78 where there is one. Where the senders \
            are in a database, it is asked whether the queries are in order; exits 69 where it does not answer.
            """)

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        let (snapshot, errors) = Snapshot.load(file: options.config)
        complain(errors)
        guard errors.isEmpty, let snapshot else { throw SystemExit.configuration }
        do throws(ConfigurationError) {
            _ = try NetworkVerifier(snapshot.settings)
        } catch {
            complain([error])
            throw SystemExit.configuration
        }
        try snapshot.database.map(verifyThatItAnswers)
        let senders = snapshot.database == nil ? "\(snapshot.senders.senders.count)" : "in the database"
        let plugins = snapshot.plugins.descriptions.map(\.name).joined(separator: ", ")
        print("\(options.config): no errors; senders: \(senders); plugins: \(plugins)")
    }
}
