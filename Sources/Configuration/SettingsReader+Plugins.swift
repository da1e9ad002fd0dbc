extension SettingsReader {
    func plugins() -> Settings.Plugins {
        var plugins = Settings.Plugins()
        guard let block = root.mapping("plugins", keys: ["directory", "load"]) else { return plugins }
        plugins.directory = path(block, "directory")
        guard let items = block.items("load") else { return plugins }
        plugins.load = []
        var lines: [String: Int] = [:]
        for entry in items.compactMap({ pluginEntry($0, block) }) {
            if let line = lines[entry.name] {
                errors.report(
                    entry.position, "the plugin `\(entry.name)` is loaded twice; the first is on line \(line)"
                )
            } else {
                lines[entry.name] = entry.position.line
                plugins.load.append(entry)
            }
        }
        return plugins
    }

    /// A bare name, or a name with its settings.
    private func pluginEntry(_ node: ConfigurationNode, _ block: MappingReader) -> PluginEntry? {
        guard case .mapping(let pairs) = node.value else {
            return block.read(node, as: "a plugin in `load`", SettingsReader.pluginName).map {
                PluginEntry(name: $0, position: node.position)
            }
        }
        guard pairs.count == 1, let (key, value) = pairs.first else {
            let keys = pairs.map { printable($0.key.scalar ?? "") }.joined(separator: ", ")
            errors.report(
                node.position,
                "expected one plugin with its settings indented below its name, found the keys \(keys)")
            // Settings that are not indented: the first key is the plugin.
            let name = pairs.first?.key.scalar.flatMap { try? SettingsReader.pluginName($0) }
            return name.map { PluginEntry(name: $0, position: node.position, isReadable: false) }
        }
        guard let name = block.read(key, as: "a plugin in `load`", SettingsReader.pluginName) else {
            return nil
        }
        switch value.value {
        case .mapping(let settings):
            return PluginEntry(name: name, position: key.position, settings: settings)
        case .scalar(""):
            return PluginEntry(name: name, position: key.position)
        default:
            errors.report(
                value.position, "expected settings for the plugin `\(name)`, found \(value.kindOfValue)")
            return PluginEntry(name: name, position: key.position, isReadable: false)
        }
    }

    /// A plugin's name becomes a file's name, so it must not lead out of the plugins' folder.
    static func pluginName(_ text: String) throws(ValueError) -> String {
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, !text.hasPrefix("-"), text.utf8.count <= 64 else {
            throw ValueError(expected: "a plugin's name such as click-tracking", found: text)
        }
        return text
    }
}
