import Configuration
import DomainNames
import Foundation
import Glibc
import Testing

@testable import Senders

@Suite struct SenderFileTests {
    @Test func `a complete file is read`() throws {
        let world = try World([
            "acme": """
            addresses: ["@acme.example", "@*.Acme.example", news@acme-mail.example]
            logins: [Acme]
            networks: ["192.0.2.0/24"]
            tracking_domain: Klick.b\u{FC}cher.example:8443
            scheme: https
            plugins:
              open-tracking: { tracking_domain: img.acme.example, scheme: http, pixel: [a, b] }
              forward-to-friend: off
              subscription: on
            """
        ])
        #expect(world.errors.isEmpty)
        let acme = try #require(world.directory["acme"])
        #expect(
            acme.addresses.map(\.value) == [
                .domain("acme.example"), .below("acme.example"), .address("news@acme-mail.example"),
            ])
        #expect(acme.logins.map(\.value) == ["acme"])
        #expect(acme.networks.map(\.description) == ["192.0.2.0/24"])
        #expect(acme.trackingDomain.description == "klick.xn--bcher-kva.example:8443")
        #expect(acme.trackingDomainPosition.line == 4)
        #expect(acme.scheme == .https)
        guard case .settings(let open)? = acme.plugins["open-tracking"],
            case .off? = acme.plugins["forward-to-friend"], case .settings? = acme.plugins["subscription"]
        else {
            Issue.record("\(acme.plugins)")
            return
        }
        #expect(open.trackingDomain?.description == "img.acme.example")
        #expect(open.scheme == .http)
        #expect(open.rest.map(\.key.scalar) == ["pixel"])
        #expect(acme.plugins["click-tracking"] == nil)
    }

    @Test(arguments: [
        (
            "tracking_domain: click.acme.example\n",
            ["1:1: error: missing key `addresses`: expected the addresses that are this sender's"]
        ),
        (
            "addresses: [acme.example, \"*@acme.example\", x]\n",
            [
                "1:1: error: missing key `tracking_domain`: expected the sender's own host, "
                    + "such as click.acme.example",
                "1:13: error: an item of `addresses`: a domain stands here without its @, "
                    + "found \"acme.example\"; write \"@acme.example\"",
                "1:27: error: an item of `addresses`: a local part has no wildcard, "
                    + "found \"*@acme.example\"; for the whole domain write \"@acme.example\"",
                "1:45: error: an item of `addresses`: expected an address such as news@acme.example, "
                    + "@acme.example or @*.acme.example, found \"x\"",
            ]
        ),
        (
            "addresses: [\"@a.example\"]\ntracking_domain: x.T.relay.example\n",
            [
                "2:18: error: `tracking_domain`: expected the sender's own host, found \"x.T.relay.example\", "
                    + "which is a default tracking domain (*.t.relay.example)"
            ]
        ),
        (
            """
            addresses: ["@a.example"]
            tracking_domain: 0x7f.1
            plugins:
              click-tracking: { tracking_domain: co.uk }
              open-tracking: { tracking_domain: track.relay.example }
              subscription: { tracking_domain: "a_b.example" }
              hosted-content: { tracking_domain: \(String(repeating: "a", count: 64)).example }
              forward-to-friend: { tracking_domain: \(String(repeating: "a.", count: 130))example }
            """,
            [
                "2:18: error: `tracking_domain`: expected a host name such as click.acme.example, "
                    + "not an IP address, found \"0x7f.1\"",
                "4:38: error: `tracking_domain`: expected the sender's own host, found \"co.uk\", "
                    + "which is a public suffix: others register their names below it",
                "5:37: error: `tracking_domain`: expected the sender's own host, found \"track.relay.example\", "
                    + "which is a default tracking domain (track.relay.example)",
                "6:36: error: `tracking_domain`: expected a host name such as click.acme.example, "
                    + "found \"a_b.example\"",
                "7:38: error: `tracking_domain`: expected at most 63 octets between the dots, as DNS allows, "
                    + "found 64 in \"\(String(repeating: "a", count: 64)).example\"",
                "8:41: error: `tracking_domain`: expected a host name of at most 253 octets, as DNS allows, "
                    + "found one of 267",
            ]
        ),
        (
            "addresses: [\"@a.example\"]\ntracking_domain: 192.0.2.1\ndomain: x\n",
            [
                "2:18: error: `tracking_domain`: expected a host name such as click.acme.example, "
                    + "not an IP address, found \"192.0.2.1\"",
                "3:1: error: unknown key `domain`; expected one of addresses, logins, networks, "
                    + "tracking_domain, other_tracking_domains, scheme, plugins",
            ]
        ),
        (
            "addresses: [\"@a.example\"]\ntracking_domain: https://c.a.example/\n",
            [
                "2:18: error: `tracking_domain`: expected a host name such as click.acme.example alone, "
                    + "found \"https://c.a.example/\""
            ]
        ),
        (
            sender(
                "\"@a.example\"",
                "scheme: ftp\nplugins: { open-tracing: off, subscription: maybe, click-tracking: [a] }\n"),
            [
                "3:9: error: `scheme`: expected keep, https or http, found \"ftp\"",
                "4:12: error: unknown plugin `open-tracing`; did you mean `open-tracking`?",
                "4:45: error: `subscription`: expected off, on or settings, found \"maybe\"",
                "4:68: error: `click-tracking`: expected off, on or settings, found a list",
            ]
        ),
        (
            sender(
                "\"@a.example\"",
                "plugins: { subscription: { scheme: x, tracking_domain: track.relay.example } }\n"),
            [
                "3:36: error: `scheme`: expected keep, https or http, found \"x\"",
                "3:56: error: `tracking_domain`: expected the sender's own host, found \"track.relay.example\", "
                    + "which is a default tracking domain (track.relay.example)",
            ]
        ),
        ("", ["1:1: error: expected settings, found an empty file"]),
        (
            sender("", "logins: []\n"),
            ["1:12: error: expected at least one address in `addresses`, found an empty list"]
        ),
        (
            "addresses: \"@a.example\"\ntracking_domain: c.a.example\n",
            ["1:12: error: expected a list for `addresses`, found \"@a.example\""]
        ),
        (
            "- x\n",
            [
                "1:1: error: expected a mapping with the keys addresses, logins, networks, tracking_domain, "
                    + "other_tracking_domains, scheme, plugins, found a list"
            ]
        ),
    ])
    func `a wrong file is said with its place`(_ content: String, _ says: [String]) throws {
        let world = try World(["acme": content])
        #expect(world.errors == says.map { "acme.yaml:" + $0 })
        #expect(world.directory["acme"] == nil)
    }

    @Test func `a broken file disables its sender alone, and nobody inherits its mail`() throws {
        let world = try World([
            "acme": sender("\"@acme.example\"", "scheme: gopher\n"), "all": sender("\"@*.example\""),
            "beta": sender("\"@beta.example\""), "torn": "addresses: [\n",
        ])
        #expect(world.errors.count == 2)
        #expect(world.directory.senders.map(\.id) == ["all", "beta"])
        #expect(
            ["acme", "all", "beta", "b", "zeta", ""].map { world.directory[$0]?.id } == [
                nil, "all", "beta", nil, nil, nil,
            ])
        #expect(world.identify("<x@beta.example>") == "beta")
        #expect(world.identify("<x@acme.example>").hasSuffix(": the file of acme has errors"))
        #expect(world.identify("<x@other.example>") == "all")
    }

    @Test func `two senders claiming one key is an error that names both, and nobody has it`() throws {
        let world = try World([
            "a": sender("\"@acme.example\", \"@a.example\""),
            "b": "# second\n" + sender("b@b.example, \"@ACME.example\""), "c": sender("\"@acme.example\""),
            "p": sender("\"@*.example\""),
        ])
        let first = world.folder.path + "/senders.d/a.yaml:1:13"
        #expect(
            world.errors.map { $0.replacing(first, with: "a.yaml:1:13") } == [
                "b.yaml:2:26: error: \"@acme.example\" is claimed by another sender too, at a.yaml:1:13; "
                    + "until one of them gives it up it is nobody's",
                "c.yaml:1:13: error: \"@acme.example\" is claimed by another sender too, at a.yaml:1:13; "
                    + "until one of them gives it up it is nobody's",
            ])
        #expect(world.identify("<x@acme.example>").hasSuffix(": several senders claim the address"))
        #expect(world.identify("<x@a.example>") == "a")
        #expect(world.identify("<b@b.example>") == "b")
    }

    @Test func `a key twice in one file is no conflict`() throws {
        let world = try World(["a": sender("News@a.example, news@A.example")])
        #expect(world.errors.isEmpty)
        #expect(world.identify("<news@a.example>") == "a")
    }

    @Test func `what editors leave behind is not read`() throws {
        let good = sender("\"@a.example\"")
        let world = try World([
            "a.yaml": good, "a.yaml~": good, ".a.yaml": good, "#a.yaml#": good, "a.yaml.bak": good,
            "README.txt": "x",
            "b.yml": good, "c d.yaml": good,
        ])
        #expect(world.directory.senders.map(\.id) == ["a"])
        #expect(
            world.errors.filter { !$0.contains("claimed by") } == [
                "b.yml:1:1: error: this file is not read: expected a name that ends in .yaml",
                "c d.yaml:1:1: error: expected a file name of letters, digits, dots, hyphens and underscores, "
                    + "found \"c d\"",
            ])
    }

    @Test func `of a file whose name is not UTF-8 nothing is said but that`() throws {
        let world = try World(["a": sender("\"@a.example\"")])
        let name = Array((world.folder.path + "/senders.d/b").utf8) + [0xFF] + Array(".yaml".utf8)
        close(creat((name + [0]).map(CChar.init(bitPattern:)), 0o600))
        let (settings, _) = Settings.load(file: world.folder.path + "/signpost.yaml")
        let errors = SenderDirectory.load(try #require(settings)).errors.map(\.description)
        #expect(errors.count == 1 && errors[0].contains("expected a file name of letters"), "\(errors)")
    }

    @Test func `a folder that is missing is an error where it is named`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "signpost.yaml", "default_tracking_domains: [track.relay.example]\nsenders: nowhere\n")
        let settings = try #require(Settings.load(file: file).settings)
        let (directory, errors) = SenderDirectory.load(settings)
        #expect(directory.senders.isEmpty)
        #expect(
            errors.map(\.description) == [
                "\(file):2:10: error: expected a folder with senders' files, "
                    + "cannot open \"\(folder.path)/nowhere\": No such file or directory"
            ])
    }

    @Test func `the example senders are in order`() throws {
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../conf/signpost.yaml").standardized.path
        let settings = try #require(Settings.load(file: example).settings)
        let (directory, errors) = SenderDirectory.load(settings)
        #expect(errors.isEmpty)
        #expect(directory.senders.map(\.id) == ["acme", "buecher"])
    }
}
