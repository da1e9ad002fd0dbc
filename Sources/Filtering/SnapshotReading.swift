import Configuration
import PluginHost
import PostgreSQLSenders
import Senders

/// The files behind a snapshot, read for the first time or again.
///
/// Again, only what changed is read: the new snapshot shares the rest with the one that is in use.
public struct SnapshotReading {
    /// What the files say, nil where the main file or a plugin is broken.
    public private(set) var snapshot: Snapshot?
    /// Every mistake, those of the main file first: what is wrong there is the cause of much else.
    public private(set) var errors: [ConfigurationError]
    /// The main file's, see ``Settings/load(file:)`` for what they are worth where there are mistakes.
    public let settings: Settings?
    /// How the senders' files were read; nil where the main file says too little for that, or the senders are in a
    /// database.
    public private(set) var senders: SenderReading?

    /// Reads the main file, every sender file and every plugin; `previous` is what is in use now, nil at a start.
    public init(file: String, after previous: Snapshot? = nil) {
        let version = FileVersion(of: file)
        (settings, errors) = Settings.load(file: file)
        guard let settings else { return }
        var isMainFileBroken = !errors.isEmpty
        // While the main file is the same, so are the plugins, and what senders opened of them.
        let same = version != nil && version == previous?.version ? previous : nil
        let plugins = same?.plugins ?? settings.loadPlugins(errors: &errors)

        var rules: [ObjectIdentifier: SenderRules] = [:]
        var database: SenderDatabase?
        let directory: SenderDirectory
        switch settings.senders {
        case .folder(let folder):
            let reading = SenderReading(settings, folder: folder, after: previous?.senders) { sender in
                guard !sender.plugins.isEmpty else { return [] }
                var mistakes: [ConfigurationError] = []
                let own = same?.rules[ObjectIdentifier(sender)]
                rules[ObjectIdentifier(sender)] =
                    own ?? plugins.rules(of: SenderFacts(sender), errors: &mistakes)
                return mistakes
            } checkPlugins: { policies in
                var mistakes: [ConfigurationError] = []
                for case (let name, .settings(let settings)) in policies {
                    plugins.check(settings.rest, of: name, at: settings.position, errors: &mistakes)
                }
                return mistakes
            }
            errors += reading.errors
            directory = reading.directory
            senders = reading
        case .pgsql(let pgsql):
            let asked = SenderDatabase.connected(pgsql, before: previous, errors: &errors)
            directory = SenderDirectory(asking: asked, settings, plugins)
            isMainFileBroken = isMainFileBroken || !errors.isEmpty
            database = asked
        }
        errors.sort { left, right in
            let (one, other) = (left.position.file == file, right.position.file == file)
            return one != other ? one : left < right
        }
        guard plugins.isComplete, !isMainFileBroken else { return }
        snapshot = Snapshot(
            settings: settings, senders: directory, plugins: plugins, rules: rules, database: database,
            version: version)
    }

    /// How many sender files have a mistake, the last good ones included.
    public var brokenSenderFiles: Int { senders.map { $0.lastGood.union($0.leftOut).count } ?? 0 }

    /// What follows from an error for mail, as a part of its sentence; empty where the sentence says so itself.
    public func consequence(of error: ConfigurationError) -> String {
        guard snapshot != nil, let senders else { return "" }
        if senders.lastGood.contains(error.position.file) { return "; the last good version stays in use" }
        if senders.leftOut.contains(error.position.file) { return "; this sender is left out" }
        return ""
    }
}

extension Settings {
    fileprivate func loadPlugins(errors: inout [ConfigurationError]) -> LoadedPlugins {
        let requests = plugins.load.map {
            PluginRequest(
                name: $0.name, position: $0.position, settings: $0.settings, isReadable: $0.isReadable)
        }
        return LoadedPlugins.load(
            requests, from: PluginDirectory(plugins.directory?.path), leavePaths: leavePaths, errors: &errors)
    }
}

extension SenderDatabase {
    /// The database that a main file names: the one that is asked already, where that is the same.
    ///
    /// Another one is tried at once while mail is served by the old one: a slip in the query must not take every
    /// sender down. One that cannot be reached says nothing about the query, and is taken.
    fileprivate static func connected(
        _ settings: Settings.PostgreSQL, before previous: Snapshot?, errors: inout [ConfigurationError]
    ) -> SenderDatabase {
        if let old = previous?.database, old.settings.isSame(as: settings) { return old }
        let database = SenderDatabase(settings)
        let mistakes = database.mistakes
        errors += mistakes
        if mistakes.isEmpty, previous != nil, case .wrong(let error) = database.check() {
            errors.append(error)
        }
        return database
    }
}

extension SenderDirectory {
    /// The senders of a database, each with what it says of the plugins, which is checked when its row is read.
    fileprivate init(asking database: SenderDatabase, _ settings: Settings, _ plugins: LoadedPlugins) {
        let lookup = DatabaseSenders(database, settings: settings) { sender, mistakes in
            sender.plugins.isEmpty ? nil : plugins.rules(of: SenderFacts(sender), errors: &mistakes)
        }
        self.init(asking: lookup, identifySenderBy: settings.identifySenderBy)
    }
}
