import Configuration
import Foundation
import PluginHost
import Testing

/// What `signpost check` says when a plugin cannot be used: the sentence is the feature.
@Suite struct LoadErrorTests {
    @Test(arguments: [
        ("WRONG_ABI", "it was built for plugin ABI 7, this signpost speaks 1"),
        ("SHORT", "its table has 80 bytes, expected 88 or more"),
        ("TINY", "its table has 4 bytes, expected 88"),
        ("FLAGS", "it sets flags that this signpost does not know; it needs a newer one"),
        ("OTHER_NAME", "it calls itself \"somebody-else\", expected \"broken\""),
        ("NO_NAME", "its table has no name"),
        ("NO_CLAIM", "its table has no claim function"),
        ("MANY_SETTINGS", "its table announces 18446744073709551615 settings and has none, or too many"),
        ("NULL_SETTINGS", "its table announces 1 settings and has none, or too many"),
        ("TYPE_OF_SETTING", "its setting \"later\" has a type that this signpost does not know (99)"),
        ("BAD_DEFAULT", "the default of its setting \"many\" is \"lots\", expected a whole number"),
        ("OUR_SETTING", "it declares the setting \"scheme\", which is Signpost's own"),
        ("TWO_SETTINGS", "it declares the setting \"one\" twice"),
    ])
    func `a table that cannot be used`(_ macro: String, _ sentence: String) throws {
        let directory = try Fixture.directory("broken", defining: [macro])
        #expect(
            loadErrors([request("broken")], from: directory) == [
                "signpost.yaml:12:7: error: plugin \(directory.path)/broken.so cannot be used: \(sentence)"
            ])
    }

    @Test func `a library without the entry point, or with one that gives nothing`() throws {
        let stranger = try Fixture.directory("broken", defining: ["NO_ENTRY"])
        #expect(
            loadErrors([request("broken")], from: stranger) == [
                "signpost.yaml:12:7: error: \(stranger.path)/broken.so is not a Signpost plugin: "
                    + "it exports no signpost_plugin_entry"
            ])
        let silent = try Fixture.directory("broken", defining: ["NULL_TABLE"])
        #expect(
            loadErrors([request("broken")], from: silent) == [
                "signpost.yaml:12:7: error: plugin \"broken\" gave no table: \(silent.path)/broken.so says that "
                    + "it cannot work here"
            ])
    }

    @Test func `a missing file names the paths and the plugins that are there`() throws {
        let directory = try Fixture.directory("shop")
        let errors = loadErrors([request("shopp"), request("echo")], from: directory)
        let path = directory.path
        #expect(
            errors == [
                "signpost.yaml:12:7: error: plugin \"shopp\" is missing: neither \(path)/shopp.so nor "
                    + "\(path)/libshopp.so exists (there are shop); did you mean \"shop\"?",
                "signpost.yaml:12:7: error: plugin \"echo\" is missing: neither \(path)/echo.so nor "
                    + "\(path)/libecho.so exists (there are shop)",
            ])
        #expect(
            loadErrors([request("x")], from: PluginDirectory("/nowhere")).first?.hasSuffix(
                "(no plugin is there)") == true)
    }

    @Test func `what is no library, no file or no name`() throws {
        let folder = try Fixture.folder()
        try Data("#!/bin/sh\n".utf8).write(to: folder.appending(path: "script.so"))
        try FileManager.default.createDirectory(
            at: folder.appending(path: "folder.so"), withIntermediateDirectories: false)
        let errors = loadErrors(
            ["script", "folder", "../x", "", ".x"].map { request($0) }, from: PluginDirectory(folder.path))
        try #require(errors.count == 5)
        #expect(errors[0].contains("plugin \"script\" cannot be loaded: \(folder.path)/script.so: "))
        #expect(
            errors[1].hasSuffix("plugin \"folder\" cannot be loaded: \(folder.path)/folder.so is not a file"))
        for (error, name) in zip(errors[2...], ["../x", "", ".x"]) {
            #expect(error.contains("\"\(name)\" is not a plugin's name, expected letters, digits, dots"))
        }
    }

    @Test func `a plugin that anyone can write is not run`() throws {
        let folder = try Fixture.folder()
        let library = try Fixture.compile("shop", in: folder)
        func mode(_ mode: Int, _ url: URL) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
        }
        for (file, dir, culprit) in [(0o666, 0o755, library.path), (0o755, 0o777, folder.path)] {
            try mode(file, library)
            try mode(dir, folder)
            #expect(
                loadErrors([request("shop")], from: PluginDirectory(folder.path)) == [
                    "signpost.yaml:12:7: error: plugin \"shop\" is not loaded: anyone may write \(culprit), "
                        + "and so run code in the filter; expected a mode without o+w"
                ])
        }
        try mode(0o775, folder)
        _ = try load([request("shop")], from: PluginDirectory(folder.path))
    }

    @Test func `wrong settings, all at once and each at its place`() throws {
        let settings = [
            setting("cod", "2"), setting("code", "two"), setting("flag", "maybe"), setting("list", "a"),
            setting("answer", ["a"]), setting("padding", "1"), setting("padding", "2"),
            entry("sink", .mapping([])),
        ]
        let known = "(it has code, answer, padding, flag, list)"
        let list = "expected a list of texts, such as [\"/a/*\", \"/b/*\"]"
        #expect(
            loadErrors([request("echo", settings)], from: try Fixture.directory("echo")) == [
                "signpost.yaml:13:9: error: plugin \"echo\" has no setting \"cod\" \(known); did you mean \"code\"?",
                "signpost.yaml:13:20: error: setting \"code\" of plugin \"echo\" is \"two\", expected a whole number",
                "signpost.yaml:13:20: error: setting \"flag\" of plugin \"echo\" is \"maybe\", expected on or off",
                "signpost.yaml:13:20: error: setting \"list\" of plugin \"echo\" is \"a\", \(list)",
                "signpost.yaml:13:20: error: setting \"answer\" of plugin \"echo\" is a list, expected text",
                "signpost.yaml:13:9: error: setting \"padding\" is given twice, first at signpost.yaml:13:9",
                "signpost.yaml:13:9: error: plugin \"echo\" has no setting \"sink\" \(known)",
            ])
    }

    @Test func `a setting without a default has to be given`() throws {
        let directory = try Fixture.directory("broken")
        #expect(
            loadErrors([request("broken")], from: directory) == [
                "signpost.yaml:12:7: error: plugin \"broken\" needs the setting \"needed\", expected a whole number"
            ])
        // And with it, a table longer than ours, without open and close, is fine.
        _ = try load([request("broken", [setting("needed", "7")])], from: directory)
    }

    @Test func `settings that the plugin refuses, and plugins loaded twice`() throws {
        let directory = try Fixture.directory("echo")
        #expect(
            loadErrors([request("echo", [setting("code", "-1")]), request("echo")], from: directory) == [
                "signpost.yaml:12:7: error: plugin \"echo\" refuses its settings: code -1 is no good",
                "signpost.yaml:12:7: error: plugin \"echo\" is loaded twice, first at signpost.yaml:12:7",
            ])
    }

    @Test func `a sender's mistakes are told with its own file`() throws {
        let plugins = try load([request("echo")], from: try Fixture.directory("echo"))
        let img = try target("img.acme.example")
        let facts = SenderFacts(
            id: "acme", target: img,
            rules: [
                rule("ecco", .off), rule("echo", .on(target: img, settings: [setting("code", "x")])),
                rule("echo", .off),
            ])
        var errors: [ConfigurationError] = []
        #expect(plugins.plugins(for: facts, errors: &errors) == nil)
        #expect(
            errors.map(\.description) == [
                "acme.yaml:5:3: error: plugin \"ecco\" is not loaded (loaded are echo); did you mean \"echo\"?",
                "signpost.yaml:13:20: error: setting \"code\" of plugin \"echo\" is \"x\", expected a whole number",
                "acme.yaml:5:3: error: plugin \"echo\" is named twice, first at acme.yaml:5:3",
            ])
        errors = []
        let refused = SenderFacts(
            id: "acme", target: img,
            rules: [rule("echo", .on(target: img, settings: [setting("code", "-1")]))])
        #expect(plugins.plugins(for: refused, errors: &errors) == nil)
        #expect(
            errors.map(\.description) == [
                "acme.yaml:5:3: error: plugin \"echo\" refuses its settings: code -1 is no good"
            ])
    }
}
