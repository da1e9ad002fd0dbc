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
    /// What the senders of files say of plugins; those that say nothing are missing.
    let rules: [ObjectIdentifier: SenderRules]
    /// The main file that `settings` and `plugins` come from.
    let version: FileVersion?

    init(
        settings: Settings, senders: SenderDirectory, plugins: LoadedPlugins,
        rules: [ObjectIdentifier: SenderRules], database: SenderDatabase?, version: FileVersion?
    ) {
        self.settings = settings
        self.senders = senders
        self.plugins = plugins
        self.rules = rules
        self.database = database
        self.version = version
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
    /// - Returns: all errors at once. The snapshot is nil where the main file or a plugin is broken; a broken
    ///   sender file disables that sender alone.
    public static func load(file: String) -> (snapshot: Snapshot?, errors: [ConfigurationError]) {
        let reading = SnapshotReading(file: file)
        return (reading.snapshot, reading.errors)
    }

    /// The plugins as a sender has them, nil where its settings for them are broken.
    func plugins(of sender: Sender) -> SenderPlugins? {
        let target = LinkTarget(sender.trackingDomain, sender.scheme)
        let own =
            sender.plugins.isEmpty
            ? SenderRules.none : sender.attachment as? SenderRules ?? rules[ObjectIdentifier(sender)]
        return own.map { plugins.plugins(for: sender.id, target: target, rules: $0) }
    }

    /// The plugins as a sender would have them that is not written in any file.
    func makePlugins(of sender: Sender) -> SenderPlugins? {
        var errors: [ConfigurationError] = []
        return plugins.plugins(for: SenderFacts(sender), errors: &errors)
    }
}
