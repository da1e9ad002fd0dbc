import PluginHost
import Testing

/// `paths` and `leave_paths` are one rule, `signpost_path_matches`.
@Suite struct PathPatternTests {
    private func matches(_ pattern: String, _ rest: String) throws -> Bool {
        let plugins = try load([], from: PluginDirectory(nil), leavePaths: [pattern])
        return try plugins.acme().fate(of: "https://t.example" + rest) == "left: leave_paths"
    }

    @Test(arguments: [
        ("*", ""), ("*", "/x?y"), ("/", ""), ("/", "/"), ("/?x", "?x"), ("/c/*", "/c/"), ("/c/*", "/c/1?a#b"),
        ("/c/1", "/c/1"), ("/c/1", "/c/1#b"), ("*/c/*", "/a/b/c/d"), ("/*.gif", "/a.gif.gif"),
        ("/a**b", "/ab"),
        ("/c?id=*&x=1", "/c?id=5&x=1"), ("*x=1", "/c?x=1"), ("/c/*", "\\c\\1"), ("/c?\\x", "/c?\\x"),
        ("/\u{E9}*", "/\u{E9}1"), ("/*", "/\n"), ("/a*a", "/aa"),
    ])
    func `a pattern that matches`(_ pattern: String, _ rest: String) throws {
        #expect(try matches(pattern, rest))
    }

    @Test(arguments: [
        ("", ""), ("", "/"), ("/c/*", "/C/1"), ("/c/*", "/c"), ("/c/*", "/x?/c/1"), ("/c/*", "/x#/c/1"),
        ("/c/1", "/c/1?a"), ("/c/1", "/c/12"), ("/*.gif", "/a.gif?x"), ("/c?x", "/cax"), ("/c/./", "/c/a/"),
        ("*/", "/c/1"), ("/a*a", "/a"), ("/c?/x", "/c?\\x"),
    ])
    func `a pattern that does not match`(_ pattern: String, _ rest: String) throws {
        #expect(try !matches(pattern, rest))
    }

    @Test func `many stars take no longer than their product`() throws {
        let pattern = "/" + String(repeating: "a*", count: 40) + "b"
        let path = "/" + String(repeating: "a", count: 20_000)
        let start = ContinuousClock.now
        #expect(try !matches(pattern, path))
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
