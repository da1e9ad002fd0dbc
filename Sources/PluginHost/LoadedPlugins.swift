import Configuration

/// The plugins of a configuration in their order, opened with its settings. Immutable.
///
/// A snapshot of the configuration holds one of these, and a ``SenderPlugins`` for each sender.
public final class LoadedPlugins: Sendable {
    /// The plugins opened with the global settings, in the order in which they are asked.
    let instances: [PluginInstance]
    /// The plugins that were asked for and cannot be used, each with its library where at least that is in order.
    let unusable: [String: PluginLibrary?]
    /// Whether all that were asked for can be used. If not, these serve to look for mistakes in senders' files, and for
    /// nothing else.
    public let isComplete: Bool
    /// The patterns of `leave_paths`, in UTF-8.
    let leavePaths: [[UInt8]]
    /// The reasons and names of each plugin, made once so that no text is made per link.
    let sentences: [PluginSentences]
    /// Whether any of them is to be shown links on all hosts.
    public let wantsAllLinks: Bool

    /// The plugins' names, in the order in which they are asked.
    public let names: [String]

    /// What the plugins say of themselves, in the order in which they are asked.
    public var descriptions: [PluginDescription] { instances.map(\.library.description) }

    private init(
        instances: [PluginInstance], unusable: [String: PluginLibrary?], isComplete: Bool,
        leavePaths: [String]
    ) {
        self.instances = instances
        self.unusable = unusable
        self.isComplete = isComplete
        self.leavePaths = leavePaths.map { Array($0.utf8) }
        names = instances.map(\.library.description.name)
        sentences = names.map { PluginSentences($0) }
        wantsAllLinks = instances.contains { $0.library.description.wantsAllLinks }
    }

    /// Finds, opens and checks plugins.
    ///
    /// - Parameters:
    ///   - requests: the entries of `plugins.load`.
    ///   - directory: where they are.
    ///   - leavePaths: the patterns of `leave_paths`.
    ///   - errors: receives each mistake there is, with its place.
    public static func load(
        _ requests: [PluginRequest], from directory: PluginDirectory, leavePaths: [String] = [],
        errors: inout [ConfigurationError]
    ) -> LoadedPlugins {
        let before = errors.count
        var instances: [PluginInstance] = []
        var unusable: [String: PluginLibrary?] = [:]
        var seen: [String: SourcePosition] = [:]
        for request in requests {
            if let first = seen.updateValue(request.position, forKey: request.name) {
                errors.append(
                    ConfigurationError(
                        request.position, "plugin \"\(request.name)\" is loaded twice, first at \(first)"))
                continue
            }
            var library: PluginLibrary?
            do throws(PluginProblem) {
                let opened = try PluginLibrary.open(request.name, in: directory)
                library = opened
                if request.isReadable,
                    let values = SettingReader.values(
                        of: request.settings, for: opened, base: nil, at: request.position, errors: &errors)
                {
                    instances.append(try PluginInstance(opened, values: values))
                    continue
                }
            } catch {
                errors.append(ConfigurationError(request.position, error.message))
            }
            unusable.updateValue(library, forKey: request.name)
        }
        return LoadedPlugins(
            instances: instances, unusable: unusable,
            isComplete: errors.count == before && unusable.isEmpty, leavePaths: leavePaths)
    }
}

/// What is said about a plugin's links over and over.
struct PluginSentences: Sendable {
    let name: String
    let off: String
    let unsafe: String
    let left: String
    let unchanged: String

    init(_ name: String) {
        self.name = name
        off = "\(name) is off for this sender"
        unsafe = "unsafe answer from \(name)"
        left = "left by \(name)"
        unchanged = "unchanged by \(name)"
    }
}
