import Configuration

/// A setting as it stands in a file: the key's node and the value's, both with their places.
public typealias PluginSettingEntry = (key: ConfigurationNode, value: ConfigurationNode)

/// One entry of `plugins.load`: a plugin that the configuration asks for.
public struct PluginRequest: Sendable {
    /// The plugin's name.
    public var name: String
    /// Where the name stands.
    public var position: SourcePosition
    /// The settings given with it.
    public var settings: [PluginSettingEntry]
    /// Whether the settings could be read. Where not, which is complained about already, the plugin is opened only to
    /// see what settings it has.
    public var isReadable: Bool

    /// A request for `name`.
    public init(
        name: String, position: SourcePosition, settings: [PluginSettingEntry] = [], isReadable: Bool = true
    ) {
        self.name = name
        self.position = position
        self.settings = settings
        self.isReadable = isReadable
    }
}
