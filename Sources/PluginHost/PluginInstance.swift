import CSignpostPlugin

/// A plugin opened with one set of settings. Closes its context when the last user is gone.
final class PluginInstance: @unchecked Sendable {  // claim() may be called from many threads, says the ABI
    let library: PluginLibrary
    /// The settings that it was opened with.
    let values: [PluginSetting.Value]
    let context: UnsafeMutableRawPointer?

    /// Opens a context.
    ///
    /// - Throws: the plugin's own sentence where it refuses the settings.
    init(_ library: PluginLibrary, values: [PluginSetting.Value]) throws(PluginProblem) {
        self.library = library
        self.values = values
        guard let open = library.table.pointee.open else {
            context = nil
            return
        }
        var context: UnsafeMutableRawPointer?
        var collector = TextCollector(limit: Int(SIGNPOST_MAX_TEXT))
        let status = withUnsafeMutablePointer(to: &collector) { collector in
            var sink = signpost_sink(collector)
            return SettingsMemory(library: library, values: values).withSettings {
                open(library.table, $0, &context, &sink)
            }
        }
        guard status == 0 else {
            let name = library.description.name
            let sentence = collector.sentence ?? "it gives no reason it could be quoted with"
            throw PluginProblem(message: "plugin \"\(name)\" refuses its settings: \(sentence)")
        }
        self.context = context
    }

    deinit { library.table.pointee.close?(context) }
}

/// Settings in the form of the ABI, as long as `withSettings` runs.
private struct SettingsMemory {
    let library: PluginLibrary
    let values: [PluginSetting.Value]

    func withSettings<Result>(_ body: (UnsafePointer<signpost_settings>) -> Result) -> Result {
        let arena = TextArena()
        var list: [signpost_setting_value] = []
        for (index, value) in values.enumerated() {
            var setting = signpost_setting_value()
            // `values` has one for each of the table's settings, in their order.
            setting.name = library.table.pointee.settings[index].name
            setting.type = library.table.pointee.settings[index].type
            switch value {
            case .string(let text): setting.text = arena.string(text)
            case .stringList(let texts): (setting.list, setting.list_count) = arena.list(texts)
            case .boolean(let isOn): setting.boolean = isOn ? 1 : 0
            case .integer(let number): setting.integer = number
            }
            list.append(setting)
        }
        return withExtendedLifetime(arena) {
            list.withUnsafeBufferPointer { list in
                var settings = signpost_settings(
                    size: MemoryLayout<signpost_settings>.size, values: list.baseAddress, count: list.count)
                return body(&settings)
            }
        }
    }
}
