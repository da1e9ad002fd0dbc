import Configuration

/// From the nodes of a configuration to the values of a plugin's settings.
enum SettingReader {
    /// The values of all settings that a plugin declares, in that order.
    ///
    /// - Parameters:
    ///   - base: the values that hold where `entries` says nothing: nil for the defaults.
    ///   - position: where the plugin is named, for what is missing.
    /// - Returns: nil where something is wrong; each mistake has been added to `errors`.
    static func values(
        of entries: [PluginSettingEntry], for library: PluginLibrary, base: [PluginSetting.Value]?,
        at position: SourcePosition, errors: inout [ConfigurationError]
    ) -> [PluginSetting.Value]? {
        let settings = library.description.settings
        let before = errors.count
        var values: [PluginSetting.Value?] = base ?? settings.map(\.defaultValue)
        var seen: [Int: SourcePosition] = [:]
        for (key, value) in entries {
            guard let name = key.scalar, let index = settings.firstIndex(where: { $0.name == name }) else {
                errors.append(unknown(key, library))
                continue
            }
            if let first = seen.updateValue(key.position, forKey: index) {
                errors.append(
                    ConfigurationError(
                        key.position, "setting \"\(name)\" is given twice, first at \(first)"))
                continue
            }
            do throws(ConfigurationError) {
                values[index] = try read(value, as: settings[index], of: library)
            } catch {
                errors.append(error)
            }
        }
        // One that was given and could not be read has been complained about.
        for (index, value) in values.enumerated() where value == nil && seen[index] == nil {
            let message =
                "plugin \"\(library.description.name)\" needs the setting \"\(settings[index].name)\""
            errors.append(
                ConfigurationError(position, "\(message), expected \(settings[index].kind.expectation)"))
        }
        return errors.count == before ? values.compactMap { $0 } : nil
    }

    private static func read(
        _ node: ConfigurationNode, as setting: PluginSetting, of library: PluginLibrary
    ) throws(ConfigurationError) -> PluginSetting.Value {
        let subject = "setting \"\(setting.name)\" of plugin \"\(library.description.name)\""
        let expected = "expected \(setting.kind.expectation)"
        switch node.value {
        case .scalar(let text):
            if let value = setting.kind.value(of: text) { return value }
            throw ConfigurationError(node.position, "\(subject) is \"\(text)\", \(expected)")
        case .sequence(let items) where setting.kind == .stringList:
            var texts: [String] = []
            for item in items {
                guard let text = item.scalar else {
                    throw ConfigurationError(
                        item.position, "\(subject) holds something other than text, \(expected)")
                }
                texts.append(text)
            }
            return .stringList(texts)
        case .sequence:
            throw ConfigurationError(node.position, "\(subject) is a list, \(expected)")
        case .mapping:
            throw ConfigurationError(node.position, "\(subject) is a mapping, \(expected)")
        }
    }

    private static func unknown(_ key: ConfigurationNode, _ library: PluginLibrary) -> ConfigurationError {
        let names = library.description.settings.map(\.name)
        let known = names.isEmpty ? "it has none" : "it has " + names.joined(separator: ", ")
        guard let name = key.scalar else {
            return ConfigurationError(
                key.position,
                "plugin \"\(library.description.name)\" is given a key that is not text, "
                    + "expected the name of a setting (\(known))")
        }
        return ConfigurationError(
            key.position,
            "plugin \"\(library.description.name)\" has no setting \"\(name)\" (\(known))"
                + suggestion(for: name, among: names))
    }
}
