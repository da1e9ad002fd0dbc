import Configuration
import PluginHost
import PostgreSQLSenders
import Rewriting
import Senders

/// Everything that decides about a message, as the configuration files said it at one moment. A message is
/// finished with the snapshot that it began with.
public final class Snapshot: Sendable {
    /// The main file.
    public let settings: Settings
    /// The senders.
    public let senders: SenderDirectory
    /// The plugins.
    public let plugins: LoadedPlugins
    /// The database that the senders are in, if they are. Not connected to yet, see ``connect(log:)``.
    public let database: SenderDatabase?
    let rewriter: MessageRewriter
    /// The plugins as each sender has them, by the sender's id.
    private let senderPlugins: [String: SenderPlugins]

    private init(
        settings: Settings, senders: SenderDirectory, plugins: LoadedPlugins,
        senderPlugins: [String: SenderPlugins], database: SenderDatabase?
    ) {
        self.settings = settings
        self.database = database
        self.senders = senders
        self.plugins = plugins
        self.senderPlugins = senderPlugins
        var policy = RewritePolicy(defaultDomains: settings.defaultTrackingDomains)
        policy.html = settings.rewrite.html
        policy.text = settings.rewrite.text
        policy.amp = settings.rewrite.amp
        policy.visibleText = settings.rewrite.visibleText
        policy.headers = Set(settings.rewrite.headers.map { $0.lowercased() })
        policy.rewritesSignedMail = settings.signedMail == .rewrite
        policy.showsAllLinks = plugins.wantsAllLinks
        rewriter = MessageRewriter(policy: policy)
    }

    /// Reads the main file, every sender file and every plugin.
    ///
    /// - Parameter previous: the snapshot before this one; a database that is still the same stays connected.
    /// - Returns: all errors at once. The snapshot is nil where the main file or a plugin is broken; a broken
    ///   sender file disables that sender alone.
    public static func load(
        file: String, previous: Snapshot? = nil
    ) -> (snapshot: Snapshot?, errors: [ConfigurationError]) {
        let (snapshot, errors) = loadUnsorted(file: file, previous: previous)
        let sorted = errors.sorted { left, right in
            let (one, other) = (left.position, right.position)
            // The main file first: what is wrong there is the cause of much else.
            if one.file != other.file {
                return one.file == file || other.file != file && one.file < other.file
            }
            return (one.line, one.column) < (other.line, other.column)
        }
        return (snapshot, sorted)
    }

    private static func loadUnsorted(
        file: String, previous: Snapshot?
    ) -> (snapshot: Snapshot?, errors: [ConfigurationError]) {
        var (settings, errors) = Settings.load(file: file)
        guard let settings else { return (nil, errors) }
        let isMainFileBroken = !errors.isEmpty
        let plugins = LoadedPlugins.load(
            settings.plugins.load.map {
                PluginRequest(name: $0.name, position: $0.position, settings: $0.settings)
            },
            from: PluginDirectory(settings.plugins.directory?.path), leavePaths: settings.leavePaths,
            errors: &errors)
        var senders = SenderDirectory.load(settings)
        errors += senders.errors
        guard let plugins else { return (nil, errors) }
        var database: SenderDatabase?
        if case .pgsql(let pgsql) = settings.senders {
            let connected = previous?.database.flatMap { $0.settings.isSame(as: pgsql) ? $0 : nil }
            let asked = connected ?? SenderDatabase(pgsql)
            errors += asked.mistakes
            senders.directory = SenderDirectory(
                asking: DatabaseSenders(asked, settings: settings) {
                    plugins.plugins(for: SenderFacts($0), errors: &$1)
                }, identifySenderBy: settings.identifySenderBy)
            database = asked
        }
        var senderPlugins: [String: SenderPlugins] = [:]
        for sender in senders.directory.senders {
            senderPlugins[sender.id] = plugins.plugins(for: SenderFacts(sender), errors: &errors)
        }
        if isMainFileBroken || database?.mistakes.isEmpty == false { return (nil, errors) }
        let snapshot = Snapshot(
            settings: settings, senders: senders.directory, plugins: plugins, senderPlugins: senderPlugins,
            database: database)
        return (snapshot, errors)
    }

    /// The plugins as a sender has them, nil where its settings for them are broken.
    func plugins(of sender: Sender) -> SenderPlugins? {
        sender.attachment as? SenderPlugins ?? senderPlugins[sender.id]
    }

    /// The plugins as a sender would have them that is not written in any file.
    func makePlugins(of sender: Sender) -> SenderPlugins? {
        var errors: [ConfigurationError] = []
        return plugins.plugins(for: SenderFacts(sender), errors: &errors)
    }
}
