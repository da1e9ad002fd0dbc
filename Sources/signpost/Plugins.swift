import ArgumentParser
import Configuration
import PluginHost

/// `signpost plugins`: what can be loaded.
struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the plugins found, their version, ABI and settings.")

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        let (settings, errors) = Settings.load(file: options.config)
        guard let settings, errors.isEmpty else {
            complain(errors)
            throw SystemExit.configuration
        }
        let directory = PluginDirectory(settings.plugins.directory?.path)
        let loaded = settings.plugins.load.map(\.name)
        let found = directory.plugins()
        print("plugins in \(directory.path):")
        for (name, description) in found {
            switch description {
            case .success(let plugin): show(plugin, order: loaded.firstIndex(of: name))
            case .failure(let problem): print("\n\(name): \(problem)")
            }
        }
        let missing = loaded.filter { name in !found.contains { $0.name == name } }
        for name in missing { print("\n\(name): named in plugins.load, but not found") }
        if !missing.isEmpty { throw SystemExit.configuration }
    }

    private func show(_ plugin: PluginDescription, order: Int?) {
        let position = order.map { "asked as number \($0 + 1)" } ?? "not loaded"
        print("\n\(plugin.name) \(plugin.version) (ABI \(plugin.abiVersion), \(position))")
        print("    \(plugin.summary)")
        print("    \(plugin.path)")
        if plugin.wantsAllLinks { print("    is shown links on all hosts") }
        for setting in plugin.settings {
            let fallback = setting.defaultValue.map { "default \($0)" } ?? "has to be given"
            print("    \(setting.name): \(setting.kind.rawValue), \(fallback)")
            print("        \(setting.help)")
        }
    }
}
