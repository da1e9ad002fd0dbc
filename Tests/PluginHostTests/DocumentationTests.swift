import Foundation
import Testing

/// The page about plugins shows code that the other tests compile and run.
@Suite struct DocumentationTests {
    @Test(arguments: ["Plugins/ClickTracking/Plugin.swift", "Tests/PluginHostTests/Fixtures/shop.c"])
    func `the plugins on the page are those of the tests`(_ file: String) throws {
        let page = try String(contentsOf: Fixture.root.appending(path: "docs/PLUGINS.md"), encoding: .utf8)
        let code = try String(contentsOf: Fixture.root.appending(path: file), encoding: .utf8)
        #expect(page.contains("\n" + code + "```\n"))
    }
}
