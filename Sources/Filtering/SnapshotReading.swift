import Configuration
import PluginHost
import Senders

/// The files behind a snapshot, read for the first time or again.
///
/// Again, only what changed is read: the new snapshot shares the rest with the one that is in use.
public struct SnapshotReading {
    /// What the files say, nil where the main file or a plugin is broken.
    public private(set) var snapshot: Snapshot?
    /// Every mistake, those of the main file first: what is wrong there is the cause of much else.
    public private(set) var errors: [ConfigurationError]
    /// How the senders' files were read, nil where the main file says too little for that.
    public private(set) var senders: SenderReading?

    /// Reads the main file, every sender file and every plugin; `previous` is what is in use now, nil at a start.
    public init(file: String, after previous: Snapshot? = nil) {
        let version = FileVersion(of: file)
        let settings: Settings?
        (settings, errors) = Settings.load(file: file)
        guard let settings else { return }
        let isMainFileBroken = !errors.isEmpty
        // While the main file is the same, so are the plugins, and what senders opened of them.
        let same = version != nil && version == previous?.version ? previous : nil
        let plugins = same?.plugins ?? settings.loadPlugins(errors: &errors)

        var rules: [ObjectIdentifier: SenderRules] = [:]
        let senders = SenderReading(settings, after: previous?.senders) { sender in
            guard let plugins, !sender.plugins.isEmpty else { return [] }
            var mistakes: [ConfigurationError] = []
            let own = same?.rules[ObjectIdentifier(sender)]
            rules[ObjectIdentifier(sender)] =
                own ?? plugins.rules(of: SenderFacts(sender), errors: &mistakes)
            return mistakes
        }
        errors += senders.errors
        errors.sort { left, right in
            let (one, other) = (left.position.file == file, right.position.file == file)
            return one != other ? one : left < right
        }
        self.senders = senders
        guard let plugins, !isMainFileBroken else { return }
        snapshot = Snapshot(
            settings: settings, senders: senders.directory, plugins: plugins, rules: rules, version: version)
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
    fileprivate func loadPlugins(errors: inout [ConfigurationError]) -> LoadedPlugins? {
        let requests = plugins.load.map {
            PluginRequest(name: $0.name, position: $0.position, settings: $0.settings)
        }
        return LoadedPlugins.load(
            requests, from: PluginDirectory(plugins.directory?.path), leavePaths: leavePaths, errors: &errors)
    }
}
