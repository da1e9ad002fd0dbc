import Configuration
import DomainNames
import Foundation
import Testing

@Suite struct SettingsTests {
    @Test func `what is missing has its default`() throws {
        let settings = try #require(read(minimum))
        #expect(settings.listen == .unix(path: "/run/signpost/milter.sock"))
        #expect(settings.socketMode == 0o660)
        #expect(settings.socketGroup == nil)
        #expect(settings.cnameTarget.description == "track.relay.example")
        #expect(settings.senders.folder?.path == "/etc/signpost/senders.d")
        #expect(settings.senders.folder?.position.description == "/etc/signpost/signpost.yaml:2:10")
        #expect(settings.plugins.directory == nil)
        #expect(
            settings.plugins.load.map(\.name) == [
                "click-tracking", "open-tracking", "forward-to-friend", "subscription", "hosted-content",
            ])
        #expect(settings.leavePaths.isEmpty)
        #expect(settings.outbound.authenticated)
        #expect(settings.outbound.networks.map(\.description) == ["127.0.0.0/8", "::1/128"])
        #expect(settings.outbound.daemonNames == ["ORIGINATING"])
        #expect(settings.identifySenderBy == [.login, .envelopeFrom, .headerFrom])
        #expect(settings.rewrite == Settings.Rewrite())
        #expect(settings.signedMail == .skip)
        #expect(settings.onError == .accept)
        #expect(!settings.traceHeader)
        #expect(settings.maxMessageSize == 67_108_864)
        #expect(settings.domainCheck.mode == .require)
        #expect(settings.domainCheck.recheck == .seconds(3600))
        #expect(settings.domainCheck.grace == .seconds(86400))
        #expect(settings.domainCheck.state == "/var/lib/signpost/domains.json")
        #expect(settings.domainCheck.resolvers.isEmpty)
        #expect(settings.domainCheck.flattened == .accept)
        #expect(settings.domainCheck.httpsCheck == .require)
        #expect(settings.domainCheck.httpsPort == 443)
        #expect(settings.domainCheck.httpsCA == nil)
        #expect(settings.log == Settings.Log())
    }

    @Test func `every setting is read`() throws {
        let settings = try #require(
            read(
                """
                listen: inet6:8891@[::1]
                socket_mode: 600
                socket_group: postfix
                default_tracking_domains: ["*.t.relay.example", TRÄCK.relay.example]
                cname_target: Target.relay.example.
                senders: /srv/senders
                plugins:
                  directory: lib
                  load:
                    - click-tracking: { paths: ["/c/*"], off: yes }
                    - c-plugin
                    - open-tracking:
                leave_paths: ["/signed/*", "*&sig=*"]
                outbound: { authenticated: no, networks: ["[2001:db8::]/32", 10.0.0.0/8], daemon_names: [] }
                identify_sender_by: [header_from]
                rewrite: { html: off, text: "no", amp: False, visible_text: off, headers: [list-help] }
                signed_mail: rewrite
                on_error: tempfail
                trace_header: on
                max_message_size: 10MB
                domain_check: { mode: off, recheck: 15m, grace: 7d, state: s.json, resolvers: ["127.0.0.1", "[::1]:5353"],
                  flattened: refuse, https_check: warn, https_port: 8443, https_ca: tls/ca.pem }
                log: { to: stderr, level: debug }
                """))
        #expect(settings.listen == .inet6(port: 8891, host: "::1"))
        #expect(settings.socketMode == nil)
        #expect(settings.socketGroup == "postfix")
        #expect(
            settings.defaultTrackingDomains.map(\.description) == [
                "*.t.relay.example", "xn--trck-moa.relay.example",
            ])
        #expect(settings.cnameTarget.description == "target.relay.example")
        #expect(settings.senders.folder?.path == "/srv/senders")
        #expect(settings.plugins.directory?.path == "/etc/signpost/lib")
        #expect(settings.plugins.load.map(\.name) == ["click-tracking", "c-plugin", "open-tracking"])
        #expect(
            settings.plugins.load.map { $0.settings.map { $0.key.scalar } } == [["paths", "off"], [], []])
        #expect(settings.leavePaths == ["/signed/*", "*&sig=*"])
        #expect(!settings.outbound.authenticated)
        #expect(settings.outbound.networks.map(\.description) == ["2001:db8::/32", "10.0.0.0/8"])
        #expect(settings.outbound.daemonNames.isEmpty)
        #expect(settings.identifySenderBy == [.headerFrom])
        #expect(!settings.rewrite.html && !settings.rewrite.text)
        #expect(!settings.rewrite.amp && !settings.rewrite.visibleText)
        #expect(settings.rewrite.headers == ["list-help"])
        #expect(settings.signedMail == .rewrite)
        #expect(settings.onError == .tempfail)
        #expect(settings.traceHeader)
        #expect(settings.maxMessageSize == 10_000_000)
        #expect(settings.domainCheck.mode == .off)
        #expect(settings.domainCheck.recheck == .seconds(900))
        #expect(settings.domainCheck.grace == .seconds(604_800))
        #expect(settings.domainCheck.state == "/etc/signpost/s.json")
        #expect(settings.domainCheck.resolvers.map(\.description) == ["127.0.0.1:53", "[::1]:5353"])
        #expect(settings.domainCheck.flattened == .refuse)
        #expect(settings.domainCheck.httpsCheck == .warn)
        #expect(settings.domainCheck.httpsPort == 8443)
        #expect(settings.domainCheck.httpsCA?.path == "/etc/signpost/tls/ca.pem")
        #expect(settings.log.to == .stderr)
        #expect(settings.log.level == .debug)
    }

    @Test func `the example configuration says the defaults`() throws {
        let (example, errors) = Settings.load(file: exampleFile)
        #expect(errors.isEmpty)
        let settings = try #require(example)
        let defaults = try #require(read(minimum))
        #expect(settings.listen == defaults.listen)
        #expect(settings.socketMode == defaults.socketMode)
        #expect(settings.plugins.load.map(\.name) == defaults.plugins.load.map(\.name))
        #expect(settings.outbound == defaults.outbound)
        #expect(settings.identifySenderBy == defaults.identifySenderBy)
        #expect(settings.rewrite == defaults.rewrite)
        #expect(settings.signedMail == defaults.signedMail)
        #expect(settings.onError == defaults.onError)
        #expect(settings.traceHeader == defaults.traceHeader)
        #expect(settings.maxMessageSize == defaults.maxMessageSize)
        #expect(settings.domainCheck == defaults.domainCheck)
        #expect(settings.log == defaults.log)
        #expect(settings.metrics == nil && defaults.metrics == nil)
    }

    @Test(arguments: [
        ("inet:9825@127.0.0.1", "inet:9825@127.0.0.1"), ("inet6:9825@[::1]", "inet6:9825@[::1]"),
        ("unix:m.sock", "unix:/etc/signpost/m.sock"), ("off", nil), ("inet:1@localhost", "inet:1@localhost"),
        ("inet:1@127.0.0.2", "inet:1@127.0.0.2"),
    ])
    func `metrics are at an address, or off`(text: String, address: String?) throws {
        #expect(try #require(read(minimum + "metrics: \(text)\n")).metrics?.description == address)
    }

    private var exampleFile: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../conf/signpost.yaml").standardized.path
    }
}
