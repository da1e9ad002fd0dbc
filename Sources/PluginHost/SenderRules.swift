import Configuration

/// What one sender says of the plugins, checked against those that are loaded, which are opened anew where the sender
/// has settings of its own. All that is kept of a sender between its messages.
public struct SenderRules: Sendable {
    /// A rule for one plugin.
    struct Rule: Sendable {
        /// The plugin's place in the order.
        let index: Int
        let choice: Choice
    }

    /// What is different for the sender.
    enum Choice: Sendable {
        case off
        case on(PluginInstance, target: LinkTarget)
    }

    let rules: [Rule]

    /// A sender that says nothing of plugins.
    public static let none = SenderRules(rules: [])
}

extension LoadedPlugins {
    /// Checks what a sender says of the plugins; opens those anew whose settings it overrides.
    ///
    /// - Parameter errors: receives each mistake, with its place.
    /// - Returns: nil where there is a mistake.
    public func rules(of facts: SenderFacts, errors: inout [ConfigurationError]) -> SenderRules? {
        let before = errors.count
        var seen: [Int: SourcePosition] = [:]
        var rules: [SenderRules.Rule] = []
        for rule in facts.rules {
            guard let index = instances.firstIndex(where: { $0.library.description.name == rule.plugin })
            else {
                if let library = unusable[rule.plugin] {
                    if case .on(_, let settings) = rule.choice {
                        check(settings, of: library, at: rule.position, errors: &errors)
                    }
                } else {
                    errors.append(notLoaded(rule))
                }
                continue
            }
            if let first = seen[index] {
                errors.append(
                    ConfigurationError(
                        rule.position, "plugin \"\(rule.plugin)\" is named twice, first at \(first)"))
                continue
            }
            seen[index] = rule.position
            switch rule.choice {
            case .off: rules.append(SenderRules.Rule(index: index, choice: .off))
            case .on(let target, let settings):
                guard
                    let instance = instance(
                        index, overriding: settings, at: rule.position, errors: &errors)
                else { continue }
                rules.append(SenderRules.Rule(index: index, choice: .on(instance, target: target)))
            }
        }
        return errors.count == before ? SenderRules(rules: rules) : nil
    }

    /// Checks what a sender sets for one plugin, where it is not known yet whose settings these are.
    public func check(
        _ settings: [PluginSettingEntry], of plugin: String, at position: SourcePosition,
        errors: inout [ConfigurationError]
    ) {
        let index = instances.firstIndex { $0.library.description.name == plugin }
        if let index {
            _ = instance(index, overriding: settings, at: position, errors: &errors)
        } else if let library = unusable[plugin] {
            check(settings, of: library, at: position, errors: &errors)
        }
    }

    /// Checks a sender's settings for a plugin that cannot be used as the main file has it.
    private func check(
        _ settings: [PluginSettingEntry], of library: PluginLibrary?, at position: SourcePosition,
        errors: inout [ConfigurationError]
    ) {
        guard let library else { return }
        // What has to be given the main file may give, where it is mended.
        let base = library.description.settings.map { $0.defaultValue ?? .boolean(false) }
        _ = SettingReader.values(of: settings, for: library, base: base, at: position, errors: &errors)
    }

    /// The plugin with a sender's settings over the global ones; the same one where nothing differs.
    private func instance(
        _ index: Int, overriding settings: [PluginSettingEntry], at position: SourcePosition,
        errors: inout [ConfigurationError]
    ) -> PluginInstance? {
        let global = instances[index]
        guard
            let values = SettingReader.values(
                of: settings, for: global.library, base: global.values, at: position, errors: &errors)
        else { return nil }
        if values == global.values { return global }
        do throws(PluginProblem) {
            return try PluginInstance(global.library, values: values)
        } catch {
            errors.append(ConfigurationError(position, error.message))
            return nil
        }
    }

    private func notLoaded(_ rule: SenderRule) -> ConfigurationError {
        let known = names.isEmpty ? "none is" : "loaded are " + names.joined(separator: ", ")
        return ConfigurationError(
            rule.position,
            "plugin \"\(rule.plugin)\" is not loaded (\(known))"
                + suggestion(for: rule.plugin, among: names))
    }
}
