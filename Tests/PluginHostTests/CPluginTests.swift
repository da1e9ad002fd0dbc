import Configuration
import Foundation
import Glibc
import PluginHost
import Synchronization
import Testing

/// The ABI, proved by plugins in C.
@Suite struct CPluginTests {
    private let shown = [setting("code", "1"), setting("flag", "on")]

    @Test func `a plugin in C moves, leaves and passes by`() throws {
        let plugins = try load([request("shop")], from: Fixture.directory("shop")).acme(scheme: .https)
        #expect(
            try plugins.fate(of: "http://t.example:80/shop/1?a#b")
                == "shop: https://click.acme.example/shop/1?a#b")
        #expect(try plugins.fate(of: "http://t.example/shop/internal/1") == "left: internal page")
        #expect(try plugins.fate(of: "http://t.example/1") == "left: no plugin")
    }

    @Test func `its settings reach it, and its own words reach the operator`() throws {
        let directory = try Fixture.directory("shop")
        let plugins = try load([request("shop", [setting("path", "/s?p=*")])], from: directory).acme()
        #expect(try plugins.fate(of: "http://t.example/s?p=1") == "shop: http://click.acme.example/s?p=1")
        #expect(try plugins.fate(of: "http://t.example/shop/1") == "left: no plugin")
        #expect(
            loadErrors([request("shop", [setting("path", "s")])], from: directory) == [
                "signpost.yaml:12:7: error: plugin \"shop\" refuses its settings: path has to begin with /"
            ])
    }

    @Test func `it is shown the link and the sender whole`() throws {
        let plugins = try load(
            [request("echo", shown + [setting("list", ["a", "\u{FC}"])])], from: Fixture.directory("echo"))
        let acme = try plugins.acme(port: 8443, scheme: .http)
        #expect(
            try acme.fate(of: "HTTP://T.example.:81/x?y#z", place: "img[srcset]", part: "2.1")
                == "left: sizes=1 url=HTTP://T.example.:81/x?y#z scheme=HTTP host=T.example. port=81 rest=/x?y#z "
                + "place=img[srcset] part=2.1 header=NULL default=1 id=acme domain=click.acme.example to=8443 "
                + "policy=2 list=a|\u{FC}|")
        #expect(
            try plugins.acme().fate(of: "//t.example", place: "header", part: "header:List-Unsubscribe")
                == "left: sizes=1 url=//t.example scheme= host=t.example port= rest= place=header "
                + "part=header:List-Unsubscribe header=List-Unsubscribe default=1 id=acme "
                + "domain=click.acme.example to=0 policy=0 list=a|\u{FC}|")
    }

    @Test func `links elsewhere are for those who ask for all`() throws {
        let elsewhere = try link("https://other.example/1", onDefaultDomain: false)
        let modest = try load([request("echo", shown)], from: Fixture.directory("echo"))
        let curious = try load(
            [request("echo", shown)], from: Fixture.directory("echo", defining: ["ALL_LINKS"]))
        #expect(!modest.wantsAllLinks)
        #expect(curious.wantsAllLinks)
        #expect(try modest.acme().verdict(on: elsewhere).text == "left: no plugin")
        #expect(try curious.acme().verdict(on: elsewhere).text.contains("host=other.example"))
        #expect(try curious.acme().verdict(on: elsewhere).text.contains("default=0"))
    }

    @Test func `a sender has its own domain, scheme and settings with a plugin`() throws {
        let plugins = try load([request("echo", shown)], from: Fixture.directory("echo"))
        let img = try target("img.acme.example", port: 81, scheme: .https)
        let acme = try plugins.acme(
            rules: [rule("echo", .on(target: img, settings: [setting("list", ["own"])]))])
        let fate = try acme.fate(of: "http://t.example/")
        #expect(fate.hasSuffix("domain=img.acme.example to=81 policy=1 list=own|"))
        #expect(acme.target(of: "echo") == img)
        #expect(acme.targets == [img])
        // The others keep the global settings.
        #expect(try plugins.acme().fate(of: "http://t.example/").hasSuffix("to=0 policy=0 list="))
    }

    @Test func `each context is closed once, when its last sender is gone`() throws {
        let folder = try Fixture.folder()
        let library = try Fixture.compile("echo", in: folder)
        // The same library that the host has: dlopen knows it by its file.
        let handle = try #require(dlopen(library.path, RTLD_NOW | RTLD_LOCAL))
        typealias Count = @convention(c) () -> CInt
        let balance = unsafeBitCast(try #require(dlsym(handle, "echo_balance")), to: Count.self)
        let opened = unsafeBitCast(try #require(dlsym(handle, "echo_opened")), to: Count.self)

        var plugins: LoadedPlugins? = try load([request("echo")], from: PluginDirectory(folder.path))
        #expect(balance() == 1)
        let same = try target("click.acme.example")
        let rules = [[], [setting("list", ["a"])], [setting("code", "2")]].map {
            rule("echo", .on(target: same, settings: $0))
        }
        var senders: [SenderPlugins?] = try rules.map { try plugins?.acme(rules: [$0]) }
        // Neither no settings nor the same ones need a context of their own.
        #expect(opened() == 2)
        #expect(senders.count == 3)
        plugins = nil
        #expect(balance() == 2)
        senders = []
        #expect(balance() == 0)
    }

    @Test func `an answer equal to the link changes nothing`() throws {
        let same = [setting("answer", "https://t.example/1")]
        let plugins = try load([request("echo", same)], from: Fixture.directory("echo")).acme()
        #expect(try plugins.fate(of: "https://t.example/1") == "left: unchanged by echo")
    }

    @Test func `a reason that a log cannot show is replaced`() throws {
        let directory = try Fixture.directory("echo")
        for reason in ["two\\0alines", "bad\\fftext", ""] {
            let settings = [setting("code", "1"), setting("answer", reason)]
            let plugins = try load([request("echo", settings)], from: directory).acme()
            #expect(try plugins.fate(of: "https://t.example/") == "left: left by echo")
        }
    }

    @Test func `eight threads may ask at once`() throws {
        let folder = try Fixture.folder()
        try Fixture.compile("shop", in: folder)
        for name in BuiltInPluginTests.names {
            try FileManager.default.copyItem(
                atPath: PluginDirectory(nil).path + "/lib\(name).so", toPath: folder.path + "/\(name).so")
        }
        let requests = (["shop"] + BuiltInPluginTests.names).map { request($0) }
        let plugins = try load(requests, from: PluginDirectory(folder.path))
        let senders = try (0..<8).map { try plugins.acme("click\($0).acme.example") }
        let paths = ["/shop/1", "/shop/internal/1", "/c/1", "/o/1", "/f/1", "/u/1", "/else"]
        let links = try paths.map { SharedLink(link: try link("https://t.example" + $0)) }
        @Sendable func verdicts(_ sender: SenderPlugins) -> [String] {
            links.map { sender.verdict(on: $0.link).text }
        }
        let expected = senders.map(verdicts)
        // Six moves for each sender, and one reason for all.
        let different = Set(expected.joined())
        #expect(different.count == 49)

        let wrong = Mutex(0)
        let group = DispatchGroup()
        for number in 0..<8 {
            group.enter()
            Thread {
                for round in 0..<1_000 {
                    // All threads meet on all senders.
                    let sender = (number + round) % 8
                    if verdicts(senders[sender]) != expected[sender] { wrong.withLock { $0 += 1 } }
                }
                group.leave()
            }.start()
        }
        group.wait()
        #expect(wrong.withLock { $0 } == 0)
    }
}

/// A link that several threads look at.
private final class SharedLink: Sendable {
    let link: PluginLink
    init(link: consuming PluginLink) { self.link = link }
}
