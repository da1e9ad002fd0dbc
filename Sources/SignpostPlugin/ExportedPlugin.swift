import CSignpostPlugin

/// A Swift plugin as the table that Signpost asks for. Keep it in a global `let`: the table is for good.
public struct ExportedPlugin: @unchecked Sendable {  // written once, in init, and never freed
    /// What `signpost_plugin_entry` has to return.
    public let table: UnsafeRawPointer

    /// Fills in the table of `plugin`.
    public init<Plugin: LinkPlugin>(_ plugin: Plugin.Type) {
        var table = signpost_plugin()
        table.size = MemoryLayout<signpost_plugin>.size
        table.abi_version = UInt32(SIGNPOST_PLUGIN_ABI)
        table.flags = Plugin.wantsAllLinks ? UInt32(SIGNPOST_WANTS_ALL_LINKS) : 0
        table.name = forGood(Plugin.name)
        table.version = forGood(Plugin.version)
        table.description = forGood(Plugin.summary)
        table.settings = forGood(Plugin.settings.map(signpost_setting.init))
        table.setting_count = Plugin.settings.count
        // A C function knows no type parameter: what `open` needs of the type goes with the table.
        table.data = Unmanaged.passRetained(Maker { try Plugin(settings: $0) }).toOpaque()
        table.open = openPlugin
        table.claim = askPlugin
        table.close = closePlugin
        let copy = UnsafeMutablePointer<signpost_plugin>.allocate(capacity: 1)
        copy.initialize(to: table)
        self.table = UnsafeRawPointer(copy)
    }
}

/// Makes plugins of one type.
private final class Maker: Sendable {
    let make: @Sendable (Settings) throws -> any LinkPlugin
    init(_ make: @escaping @Sendable (Settings) throws -> any LinkPlugin) { self.make = make }
}

/// A plugin as a context of the ABI.
private final class Context: Sendable {
    let plugin: any LinkPlugin
    init(_ plugin: any LinkPlugin) { self.plugin = plugin }
}

private func openPlugin(
    _ plugin: UnsafePointer<signpost_plugin>?, _ settings: UnsafePointer<signpost_settings>?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ error: UnsafePointer<signpost_sink>?
) -> CInt {
    guard let data = plugin?.pointee.data, let settings, let context else { return 1 }
    do {
        let maker = Unmanaged<Maker>.fromOpaque(data).takeUnretainedValue()
        let made = try maker.make(Settings(settings.pointee))
        context.pointee = Unmanaged.passRetained(Context(made)).toOpaque()
        return 0
    } catch let problem {
        write(Array("\(problem)".utf8), to: error)
        return 1
    }
}

private func askPlugin(
    _ context: UnsafeMutableRawPointer?, _ link: UnsafePointer<signpost_link>?,
    _ sender: UnsafePointer<signpost_sender>?, _ answer: UnsafePointer<signpost_sink>?
) -> CInt {
    guard let context, let link, let sender, let answer else { return CInt(SIGNPOST_NOT_MINE) }
    let plugin = Unmanaged<Context>.fromOpaque(context)
    switch plugin._withUnsafeGuaranteedRef({ $0.plugin.claim(Link(link), for: Sender(sender)) }) {
    case .notMine:
        return CInt(SIGNPOST_NOT_MINE)
    case .leave(let reason):
        write(Array(reason.utf8), to: answer)
        return CInt(SIGNPOST_LEAVE)
    case .moveToTrackingDomain:
        return signpost_move(link, sender, answer)
    case .move(let url):
        write(url, to: answer)
        return CInt(SIGNPOST_MOVE)
    }
}

private func closePlugin(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<Context>.fromOpaque(context).release()
}

private func write(_ bytes: [UInt8], to sink: UnsafePointer<signpost_sink>?) {
    bytes.withUnsafeBytes {
        _ = sink?.pointee.write(sink, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
}

// MARK: the table's memory

private func forGood(_ text: String) -> UnsafePointer<CChar>? {
    forGood(Array(text.utf8CString))
}

private func forGood<Element>(_ elements: [Element]) -> UnsafePointer<Element>? {
    if elements.isEmpty { return nil }
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = copy.initialize(from: elements)
    return copy.baseAddress.map { UnsafePointer($0) }
}

extension signpost_setting {
    fileprivate init(_ setting: Setting) {
        self.init()
        name = forGood(setting.name)
        help = forGood(setting.help)
        switch setting.value {
        case .string(let value):
            type = UInt32(SIGNPOST_STRING)
            default_text = value.flatMap(forGood)
        case .strings(let value):
            type = UInt32(SIGNPOST_STRING_LIST)
            default_list = value.flatMap { forGood($0.map(forGood) + [nil]) }
        case .boolean(let value):
            type = UInt32(SIGNPOST_BOOLEAN)
            default_text = value.flatMap { forGood($0 ? "on" : "off") }
        case .integer(let value):
            type = UInt32(SIGNPOST_INTEGER)
            default_text = value.flatMap { forGood("\($0)") }
        }
    }
}

extension Settings {
    fileprivate init(_ abi: signpost_settings) {
        var values: [String: Value] = [:]
        for setting in UnsafeBufferPointer(start: abi.values, count: abi.count) {
            guard let name = setting.name else { continue }
            values[String(cString: name)] =
                switch Int(setting.type) {
                case SIGNPOST_STRING_LIST:
                    .strings(
                        UnsafeBufferPointer(start: setting.list, count: setting.list_count).map { String($0) }
                    )
                case SIGNPOST_BOOLEAN: .boolean(setting.boolean != 0)
                case SIGNPOST_INTEGER: .integer(Int(setting.integer))
                default: .string(String(setting.text))
                }
        }
        self.values = values
    }
}
