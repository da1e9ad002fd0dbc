import CSignpostPlugin

/// Reads a plugin's table, distrusting it as far as C allows.
struct TableCheck {
    let table: UnsafePointer<signpost_plugin>
    let path: String

    /// More is no list of settings but a wild number.
    private static let maximumSettings = 256
    private static let maximumListLength = 4096

    /// What the table says.
    ///
    /// - Throws: where this Signpost cannot work with it.
    func description(expecting name: String) throws(PluginProblem) -> PluginDescription {
        // The order is that of the members: each check makes the next one safe to do.
        let raw = UnsafeRawPointer(table)
        let size = raw.load(as: Int.self)
        guard size >= MemoryLayout<Int>.size + MemoryLayout<UInt32>.size else {
            throw problem("its table has \(size) bytes, expected \(MemoryLayout<signpost_plugin>.size)")
        }
        let abi = raw.load(fromByteOffset: MemoryLayout<Int>.size, as: UInt32.self)
        guard abi == SIGNPOST_PLUGIN_ABI else {
            throw problem("it was built for plugin ABI \(abi), this signpost speaks \(SIGNPOST_PLUGIN_ABI)")
        }
        // All members so far belong to ABI 1's first edition.
        guard size >= MemoryLayout<signpost_plugin>.size else {
            throw problem(
                "its table has \(size) bytes, expected \(MemoryLayout<signpost_plugin>.size) or more")
        }
        guard let own = table.pointee.name.flatMap(String.init(validatingCString:)) else {
            throw problem("its table has no name")
        }
        guard own == name else { throw problem("it calls itself \"\(own)\", expected \"\(name)\"") }
        guard table.pointee.flags & ~UInt32(SIGNPOST_WANTS_ALL_LINKS) == 0 else {
            throw problem("it sets flags that this signpost does not know; it needs a newer one")
        }
        return PluginDescription(
            name: own, version: text(table.pointee.version), abiVersion: Int(abi),
            summary: text(table.pointee.description), path: path, settings: try settings(),
            wantsAllLinks: table.pointee.flags & UInt32(SIGNPOST_WANTS_ALL_LINKS) != 0)
    }

    private func settings() throws(PluginProblem) -> [PluginSetting] {
        let count = table.pointee.setting_count
        guard count != 0 else { return [] }
        guard let first = table.pointee.settings, (1...Self.maximumSettings).contains(count) else {
            throw problem("its table announces \(UInt(bitPattern: count)) settings and has none, or too many")
        }
        var settings: [PluginSetting] = []
        for index in 0..<count {
            let setting = try self.setting(first[index])
            guard !settings.contains(where: { $0.name == setting.name }) else {
                throw problem("it declares the setting \"\(setting.name)\" twice")
            }
            settings.append(setting)
        }
        return settings
    }

    private func setting(_ setting: signpost_setting) throws(PluginProblem) -> PluginSetting {
        guard let name = setting.name.flatMap(String.init(validatingCString:)), !name.isEmpty else {
            throw problem("it declares a setting without a name")
        }
        guard name != "tracking_domain", name != "scheme" else {
            throw problem("it declares the setting \"\(name)\", which is Signpost's own")
        }
        guard let kind = PluginSetting.Kind(abi: setting.type) else {
            throw problem(
                "its setting \"\(name)\" has a type that this signpost does not know (\(setting.type))")
        }
        var value: PluginSetting.Value?
        if kind == .stringList {
            value = try setting.default_list.map { list throws(PluginProblem) in
                .stringList(try texts(list, of: name))
            }
        } else if let text = setting.default_text.flatMap(String.init(validatingCString:)) {
            value = kind.value(of: text)
            guard value != nil else {
                throw problem(
                    "the default of its setting \"\(name)\" is \"\(text)\", expected \(kind.expectation)")
            }
        }
        return PluginSetting(name: name, kind: kind, defaultValue: value, help: text(setting.help))
    }

    private func texts(
        _ list: UnsafePointer<UnsafePointer<CChar>?>, of name: String
    ) throws(PluginProblem) -> [String] {
        var texts: [String] = []
        while let item = list[texts.count] {
            guard texts.count < Self.maximumListLength else {
                throw problem("the default of its setting \"\(name)\" has no end")
            }
            texts.append(String(cString: item))
        }
        return texts
    }

    private func text(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) } ?? ""
    }

    private func problem(_ what: String) -> PluginProblem {
        PluginProblem(message: "plugin \(path) cannot be used: \(what)")
    }
}
