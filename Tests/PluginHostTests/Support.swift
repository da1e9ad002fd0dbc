import Configuration
import DomainNames
import Foundation
import PluginHost
import Testing

/// Plugins in C, compiled for a test into a folder of its own.
enum Fixture {
    static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    static let root = sources.appending(path: "../../..").standardizedFileURL

    /// Where the folders of this run are; removed at its end.
    private static let scratch: URL = {
        atexit { try? FileManager.default.removeItem(at: Fixture.scratch) }
        return FileManager.default.temporaryDirectory.appending(path: "signpost-plugins-" + UUID().uuidString)
    }()

    /// A new empty folder.
    static func folder() throws -> URL {
        let folder = scratch.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// `source`.c as `<as>.so` in `folder`.
    @discardableResult
    static func compile(
        _ source: String, as name: String? = nil, defining macros: [String] = [], in folder: URL
    ) throws -> URL {
        let library = folder.appending(path: (name ?? source) + ".so")
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments =
            ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-shared", "-fPIC"]
            + ["-I", root.appending(path: "Sources/CSignpostPlugin/include").path]
            + macros.map { "-D" + $0 }
            + ["-o", library.path, sources.appending(path: source + ".c").path]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0, "cc \(source).c")
        return library
    }

    /// A folder with one plugin.
    static func directory(_ source: String, defining macros: [String] = []) throws -> PluginDirectory {
        let folder = try self.folder()
        try compile(source, defining: macros, in: folder)
        return PluginDirectory(folder.path)
    }
}

let place = SourcePosition(file: "signpost.yaml", line: 12, column: 7)

/// A setting whose key is on line 13, and its value behind it.
func setting(_ key: String, _ value: String) -> PluginSettingEntry {
    entry(key, .scalar(value))
}

func setting(_ key: String, _ values: [String]) -> PluginSettingEntry {
    let valuePlace = SourcePosition(file: "signpost.yaml", line: 13, column: 21)
    return entry(key, .sequence(values.map { ConfigurationNode(position: valuePlace, value: .scalar($0)) }))
}

func entry(_ key: String, _ value: ConfigurationNode.Value) -> PluginSettingEntry {
    let keyPlace = SourcePosition(file: "signpost.yaml", line: 13, column: 9)
    let valuePlace = SourcePosition(file: "signpost.yaml", line: 13, column: 20)
    return (
        key: ConfigurationNode(position: keyPlace, value: .scalar(key)),
        value: ConfigurationNode(position: valuePlace, value: value)
    )
}

func request(_ name: String, _ settings: [PluginSettingEntry] = []) -> PluginRequest {
    PluginRequest(name: name, position: place, settings: settings)
}

/// Loads plugins that have to load.
func load(
    _ requests: [PluginRequest], from directory: PluginDirectory, leavePaths: [String] = []
) throws -> LoadedPlugins {
    var errors: [ConfigurationError] = []
    let plugins = LoadedPlugins.load(requests, from: directory, leavePaths: leavePaths, errors: &errors)
    try #require(errors == [])
    try #require(plugins.isComplete)
    return plugins
}

/// The errors of plugins that must not load.
func loadErrors(_ requests: [PluginRequest], from directory: PluginDirectory) -> [String] {
    var errors: [ConfigurationError] = []
    let plugins = LoadedPlugins.load(requests, from: directory, errors: &errors)
    #expect(!plugins.isComplete)
    return errors.map(\.description)
}

func target(
    _ domain: String, port: UInt16? = nil, scheme: LinkTarget.Scheme = .keep
) throws -> LinkTarget {
    LinkTarget(domain: try #require(DomainName(domain)), port: port, scheme: scheme)
}

extension LoadedPlugins {
    /// The plugins for acme, which have to be in order.
    func acme(
        _ domain: String = "click.acme.example", port: UInt16? = nil, scheme: LinkTarget.Scheme = .keep,
        rules: [SenderRule] = []
    ) throws -> SenderPlugins {
        var errors: [ConfigurationError] = []
        let facts = SenderFacts(
            id: "acme", target: try target(domain, port: port, scheme: scheme), rules: rules)
        let plugins = plugins(for: facts, errors: &errors)
        try #require(errors == [])
        return try #require(plugins)
    }
}

func rule(_ plugin: String, _ choice: SenderRule.Choice) -> SenderRule {
    SenderRule(
        plugin: plugin, position: SourcePosition(file: "acme.yaml", line: 5, column: 3), choice: choice)
}

/// A link with its components, as the engine would find them.
func link(
    _ url: String, place: String = "a[href]", part: String = "1.2", onDefaultDomain: Bool = true
) throws -> PluginLink {
    let match = try #require(
        url.wholeMatch(of: /(?:([a-zA-Z]+):)?(?:[\/\\]*@?)([^\/\\:?#]*)(?::([0-9]*))?((?s:.*))/), "\(url)")
    func range(_ text: Substring?) -> Range<Int> {
        guard let text else { return 0..<0 }
        let start = url.utf8.distance(from: url.startIndex, to: text.startIndex)
        return start..<(start + text.utf8.count)
    }
    let host = range(match.2)
    return PluginLink(
        url: Array(url.utf8), scheme: range(match.1), host: host,
        port: match.3 == nil ? host.upperBound..<host.upperBound : range(match.3), rest: range(match.4),
        place: place, part: part, isOnDefaultDomain: onDefaultDomain)
}

extension SenderPlugins {
    /// The verdict on a link; a mistake of the plugin's fails the test.
    func verdict(on link: borrowing PluginLink) -> Verdict {
        verdict(on: link) { Issue.record("\($0): \($1)") }
    }

    /// The verdict on a link, with the answer.
    func verdict(on link: borrowing PluginLink, onMistake: (String, String) -> Void) -> Verdict {
        var answer: [UInt8] = Array("what the memory held before".utf8)
        let verdict = verdict(on: link, answer: &answer, onMistake: onMistake)
        return Verdict(verdict: verdict, answer: answer)
    }

    /// What becomes of a URL on a default domain, as text: `plugin: new URL`, or `left: reason`.
    func fate(of url: String, place: String = "a[href]", part: String = "1.2") throws -> String {
        verdict(on: try link(url, place: place, part: part)).text
    }
}

struct Verdict {
    var verdict: PluginVerdict
    var answer: [UInt8]

    var text: String {
        switch verdict {
        case .leave(let reason): "left: " + reason
        case .move(let plugin): "\(plugin): \(String(decoding: answer, as: UTF8.self))"
        }
    }
}
