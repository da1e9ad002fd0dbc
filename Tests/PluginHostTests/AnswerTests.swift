import Foundation
import PluginHost
import Testing

/// What a plugin may answer, and what must never reach a message. `\xx` is a byte in hexadecimal.
@Suite struct AnswerTests {
    private static let url = "https://t.example:81/p/\u{E9}?q='a'#f"

    /// The verdict on an answer to `url`, and what the log is told.
    private func ask(
        _ answer: String, about url: String = url, code: Int = 2, padding: Int = 0
    ) throws -> (fate: String, mistakes: [String]) {
        let settings = [
            setting("answer", answer), setting("code", "\(code)"), setting("padding", "\(padding)"),
        ]
        let plugins = try load([request("echo", settings)], from: Self.directory.get()).acme()
        var mistakes: [String] = []
        let verdict = plugins.verdict(on: try link(url)) { mistakes.append($0 + ": " + $1) }
        return (verdict.text, mistakes)
    }

    private static let directory = Result { try Fixture.directory("echo") }

    @Test(arguments: [
        "https://click.acme.example/p/1", "http://click.acme.example:8080", "HTTPS://Other.Example:65535?x",
        "https://t.example:81/p/\u{E9}?q='a'#f2", "https://xn--klick-ova.example/", "https://a.example#x",
        "https://a.example/\u{E9}?q='a'#f", "https://a.example/it%27s?q='a'#f",
    ])
    func `a good answer is taken as it is`(_ answer: String) throws {
        let (fate, mistakes) = try ask(answer)
        #expect(fate == "echo: " + answer)
        #expect(mistakes == [])
    }

    @Test(arguments: [
        ("", "the URL is not an absolute http or https URL"),
        ("/c/1", "the URL is not an absolute http or https URL"),
        ("c.example/1", "the URL is not an absolute http or https URL"),
        ("javascript:alert(1)//https://a.example", "the URL is not an absolute http or https URL"),
        ("httpx://a.example/", "the URL is not an absolute http or https URL"),
        ("ftp://a.example/", "the URL is not an absolute http or https URL"),
        (" https://a.example/", "the URL is not an absolute http or https URL"),
        ("//a.example/", "the URL is scheme-relative, which the link was not"),
        ("https:a.example/", "the URL has no // behind its scheme"),
        ("https:/a.example/", "the URL has no // behind its scheme"),
        ("https:///a.example/", "the URL's host is not a domain name in ASCII"),
        ("https://", "the URL's host is not a domain name in ASCII"),
        ("https://localhost/", "the URL's host is not a domain name in ASCII"),
        ("https://192.0.2.1/", "the URL's host is not a domain name in ASCII"),
        ("https://[2001:db8::1]/", "the URL's host is not a domain name in ASCII"),
        ("https://klick\u{FC}.example/", "the URL's host is not a domain name in ASCII"),
        ("https://a\\0a.example/", "the URL's host is not a domain name in ASCII"),
        ("https://a.example%2f/", "the URL's host is not a domain name in ASCII"),
        ("https://user@a.example/", "the URL has a user or password"),
        ("https://u:p@a.example/", "the URL has a user or password"),
        ("https://@a.example/", "the URL has a user or password"),
        ("https://a.example:/", "the URL's port is not a number from 1 to 65535"),
        ("https://a.example:0/", "the URL's port is not a number from 1 to 65535"),
        ("https://a.example:65536/", "the URL's port is not a number from 1 to 65535"),
        ("https://a.example:8o/", "the URL's port is not a number from 1 to 65535"),
        ("https://a.example:+80/", "the URL's port is not a number from 1 to 65535"),
        ("https://a.example/\\0aX-Injected: 1", "the URL has a control character"),
        ("https://a.example/\\0d", "the URL has a control character"),
        ("https://a.example/\\00", "the URL has a control character"),
        ("https://a.example/\\7f", "the URL has a control character"),
        ("https://a.example/a b", "the URL has a space"),
        ("https://a.example/\"onclick", "the URL has a quote"),
        ("https://a.example/'x", "the URL has a quote"),
        ("https://a.example/`x", "the URL has a quote"),
        ("https://a.example/<b", "the URL has an angle bracket"),
        ("https://a.example/b>", "the URL has an angle bracket"),
        ("https://a.example/)", "the URL has a parenthesis"),
        ("https://a.example/\\5cx", "the URL has a backslash"),
        ("https://a.example/\\c3\\a9x", "the URL has bytes that are not ASCII"),
        ("https://a.example/\\ff", "the URL has bytes that are not ASCII"),
        // The usual answer, and more.
        ("https://click.acme.example:81/p/\u{E9}?q='a'#f\"x", "the URL has a quote"),
        // The link's own character, cut in half.
        ("https://t.example:81/p/\\c3?q='a'#f", "the URL is not valid UTF-8"),
        ("https://t.example:81/p/\\c3x\\a9?q='a'#f", "the URL is not valid UTF-8"),
    ])
    func `a bad answer leaves the link and is told to the log`(_ answer: String, _ what: String) throws {
        let (fate, mistakes) = try ask(answer)
        #expect(fate == "left: unsafe answer from echo")
        #expect(mistakes == ["echo: " + what])
    }

    @Test func `a scheme-relative link may stay so, or not`() throws {
        #expect(try ask("//a.example/x", about: "//t.example/x").fate == "echo: //a.example/x")
        #expect(try ask("https://a.example/x", about: "//t.example/x").fate == "echo: https://a.example/x")
    }

    @Test func `the link's own host may stay as it is spelled`() throws {
        let link = "https://T.Ex%61mple./old"
        #expect(try ask("https://T.Ex%61mple./new", about: link).fate == "echo: https://T.Ex%61mple./new")
        #expect(try ask("https://T.Ex%61mple/new", about: link).fate == "left: unsafe answer from echo")
    }

    @Test func `an answer is bounded`() throws {
        let start = "https://a.example/"
        let room = Self.url.utf8.count + 8192 - start.utf8.count
        #expect(try ask(start, padding: room).fate.count == "echo: ".count + Self.url.utf8.count + 8192)
        let (fate, mistakes) = try ask(start, padding: room + 1)
        #expect(fate == "left: unsafe answer from echo")
        #expect(mistakes == ["echo: the URL is more than 8192 bytes longer than the link"])
    }

    @Test(arguments: [3, -7, 255])
    func `an answer that the ABI does not have is a mistake`(_ code: Int) throws {
        let (fate, mistakes) = try ask("https://a.example/", code: code)
        #expect(fate == "left: unsafe answer from echo")
        #expect(mistakes == ["echo: \(code) is not an answer"])
    }

    @Test func `what a plugin wrote before it passed by is forgotten`() throws {
        let folder = try Fixture.folder()
        try Fixture.compile("echo", in: folder)
        try Fixture.compile("shop", in: folder)
        let passing = [setting("answer", "rubbish"), setting("code", "0")]
        let plugins = try load(
            [request("echo", passing), request("shop")], from: PluginDirectory(folder.path))
        #expect(
            try plugins.acme().fate(of: "https://t.example/shop/1")
                == "shop: https://click.acme.example/shop/1")
        let noisy = passing + [setting("padding", "100000")]
        let again = try load([request("echo", noisy), request("shop")], from: PluginDirectory(folder.path))
        #expect(
            try again.acme().fate(of: "https://t.example/shop/1") == "shop: https://click.acme.example/shop/1"
        )
    }

    @Test func `so is that it wrote what could not be taken`() throws {
        let folder = try Fixture.folder()
        try Fixture.compile("echo", defining: ["BAD_PIECE"], in: folder)
        try Fixture.compile("shop", in: folder)
        let passing = request("echo", [setting("code", "0")])
        let plugins = try load([passing, request("shop")], from: PluginDirectory(folder.path))
        #expect(
            try plugins.acme().fate(of: "https://t.example/shop/1")
                == "shop: https://click.acme.example/shop/1")
    }
}
