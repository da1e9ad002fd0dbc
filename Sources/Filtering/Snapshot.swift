import Configuration
import PluginHost
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
    let rewriter: MessageRewriter
    /// The plugins as each sender has them, by the sender's id.
    private let senderPlugins: [String: SenderPlugins]

    private init(
        settings: Settings, senders: SenderDirectory, plugins: LoadedPlugins,
        senderPlugins: [String: SenderPlugins]
    ) {
        self.settings = settings
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
    /// - Returns: all errors at once. The snapshot is nil where the main file or a plugin is broken; a broken
    ///   sender file disables that sender alone.
    public static func load(file: String) -> (snapshot: Snapshot?, errors: [ConfigurationError]) {
        let (snapshot, errors) = loadUnsorted(file: file)
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

    private static func loadUnsorted(file: String) -> (snapshot: Snapshot?, errors: [ConfigurationError]) {
        var (settings, errors) = Settings.load(file: file)
        guard let settings else { return (nil, errors) }
        let isMainFileBroken = !errors.isEmpty
        let plugins = LoadedPlugins.load(
            settings.plugins.load.map {
                PluginRequest(name: $0.name, position: $0.position, settings: $0.settings)
            },
            from: PluginDirectory(settings.plugins.directory?.path), leavePaths: settings.leavePaths,
            errors: &errors)
        let senders = SenderDirectory.load(settings)
        errors += senders.errors
        guard let plugins else { return (nil, errors) }
        var senderPlugins: [String: SenderPlugins] = [:]
        for sender in senders.directory.senders {
            senderPlugins[sender.id] = plugins.plugins(for: SenderFacts(sender), errors: &errors)
        }
        if isMainFileBroken { return (nil, errors) }
        let snapshot = Snapshot(
            settings: settings, senders: senders.directory, plugins: plugins, senderPlugins: senderPlugins)
        return (snapshot, errors)
    }

    /// The plugins as a sender has them, nil where its settings for them are broken.
    func plugins(of sender: Sender) -> SenderPlugins? { senderPlugins[sender.id] }

    /// The plugins as a sender would have them that is not written in any file.
    func makePlugins(of sender: Sender) -> SenderPlugins? {
        var errors: [ConfigurationError] = []
        return plugins.plugins(for: SenderFacts(sender), errors: &errors)
    }
}
