import Configuration
import Testing

/// The sentences an operator reads at three in the morning.
@Suite struct WrongSettingsTests {
    @Test(arguments: [
        Wrong("senders_dir: x\n", "3:1: error: unknown key `senders_dir`; did you mean `senders`?"),
        Wrong("lisetn: x\n", "3:1: error: unknown key `lisetn`; did you mean `listen`?"),
        Wrong("Trace-Header: on\n", "3:1: error: unknown key `Trace-Header`; did you mean `trace_header`?"),
        Wrong(
            "log: { colour: red }\n",
            "3:8: error: unknown key `colour`; expected one of to, level"),
        Wrong("listen: [a]\n", "3:9: error: expected a value for `listen`, found a list"),
        Wrong("listen:\n", "3:8: error: expected a value for `listen`, found nothing"),
        Wrong(
            "listen: /run/x.sock\n",
            "3:9: error: `listen`: expected unix:/run/signpost/milter.sock, inet:8891@127.0.0.1 or "
                + "inet6:8891@[::1], found \"/run/x.sock\""),
        Wrong(
            "listen: inet:127.0.0.1:8891\n",
            "3:9: error: `listen`: expected libmilter's notation, found \"inet:127.0.0.1:8891\"; "
                + "write inet:8891@127.0.0.1"),
        Wrong(
            "listen: inet:70000@127.0.0.1\n",
            "3:9: error: `listen`: expected a port from 1 to 65535 behind the colon, "
                + "found \"inet:70000@127.0.0.1\""),
        Wrong(
            "listen: unix:/\(String(repeating: "x", count: 107))\n",
            "3:9: error: `listen`: expected a path of at most 107 bytes for a socket, found one of 108"),
        Wrong(
            "socket_mode: 0666\n",
            "3:14: error: `socket_mode`: a socket must not be writable for everybody, found \"0666\"; "
                + "write 0660 and give the MTA's group with `socket_group`"),
        Wrong(
            "socket_mode: rw-rw----\n",
            "3:14: error: `socket_mode`: expected a mode in octal digits such as 0660, found \"rw-rw----\""),
        Wrong(
            "cname_target: https://x.example\n",
            "3:15: error: `cname_target`: expected a host name such as track.relay.example, "
                + "found \"https://x.example\""),
        Wrong(
            "plugins: { load: [a, b, a] }\n",
            "3:25: error: the plugin `a` is loaded twice; the first is on line 3"),
        Wrong(
            "plugins:\n  load:\n    - click-tracking:\n      paths: [/c/*]\n",
            "5:7: error: expected one plugin with its settings indented below its name, "
                + "found the keys click-tracking, paths"),
        Wrong(
            "plugins: { load: [../evil, a: off] }\n",
            "3:19: error: a plugin in `load`: expected a plugin's name such as click-tracking, "
                + "found \"../evil\"",
            "3:31: error: expected settings for the plugin `a`, found \"off\""),
        Wrong(
            "leave_paths: [c/*]\n",
            "3:15: error: an item of `leave_paths`: expected a path pattern that begins with / or *, "
                + "such as /c/*, found \"c/*\""),
        Wrong(
            "leave_paths: /c/*\n", "3:14: error: expected a list for `leave_paths`, found \"/c/*\""),
        Wrong(
            "leave_paths:\n",
            "3:13: error: expected a list for `leave_paths`, found nothing; an empty list is []"),
        Wrong(
            "outbound: { authenticated: maybe, networks: [10.0.0.1/8, 10.0.0.0/33, 127.1] }\n",
            "3:28: error: `authenticated`: expected on or off, found \"maybe\"",
            "3:46: error: an item of `networks`: the address has bits beyond the prefix, "
                + "found \"10.0.0.1/8\"; perhaps 10.0.0.0/8",
            "3:58: error: an item of `networks`: expected a prefix length of 0 to 32 behind the slash, "
                + "found \"10.0.0.0/33\"",
            "3:71: error: an item of `networks`: expected a network such as 192.0.2.0/24 or 2001:db8::/32, "
                + "found \"127.1\""),
        Wrong(
            "identify_sender_by: [login, header]\n",
            "3:29: error: an item of `identify_sender_by`: expected login, envelope_from or header_from, "
                + "found \"header\""),
        Wrong(
            "identify_sender_by: []\n",
            "3:21: error: expected login, envelope_from or header_from in `identify_sender_by`, found none"),
        Wrong(
            "identify_sender_by: [login, login]\n",
            "3:21: error: expected each source once in `identify_sender_by`, found one twice"),
        Wrong(
            "rewrite: off\n",
            "3:10: error: expected a mapping for `rewrite` with the keys "
                + "html, text, amp, visible_text, headers, found \"off\""),
        Wrong(
            "rewrite: { headers: [Subject, List-, \"List-X:\"] }\n",
            "3:22: error: an item of `headers`: expected a List-* field such as \(listFields), found \"Subject\"",
            "3:31: error: an item of `headers`: expected a List-* field such as \(listFields), found \"List-\"",
            "3:38: error: an item of `headers`: expected a List-* field such as \(listFields), "
                + "found \"List-X:\""),
        Wrong(
            "signed_mail: resign\n", "3:14: error: `signed_mail`: expected skip or rewrite, found \"resign\""),
        Wrong(
            "metrics: inet:9825\n",
            "3:10: error: `metrics`: expected off, or an address that only this machine reaches, such as "
                + "inet:9825@127.0.0.1 or unix:/run/signpost/metrics.sock, found \"inet:9825\""),
        Wrong(
            "metrics: inet:9825@0.0.0.0\n",
            "3:10: error: `metrics`: expected off, or an address that only this machine reaches, such as "
                + "inet:9825@127.0.0.1 or unix:/run/signpost/metrics.sock, found \"inet:9825@0.0.0.0\""),
        Wrong(
            "metrics: inet:9825@relay.example\n",
            "3:10: error: `metrics`: expected off, or an address that only this machine reaches, such as "
                + "inet:9825@127.0.0.1 or unix:/run/signpost/metrics.sock, found \"inet:9825@relay.example\""),
        Wrong("on_error: reject\n", "3:11: error: `on_error`: expected accept or tempfail, found \"reject\""),
        Wrong(
            "max_message_size: 64 megs\n",
            "3:19: error: `max_message_size`: expected a size such as 64MiB, 10MB or 1048576, "
                + "found \"64 megs\""),
        Wrong(
            "max_message_size: 9999999999GiB\n",
            "3:19: error: `max_message_size`: expected a size such as 64MiB, 10MB or 1048576, "
                + "found \"9999999999GiB\""),
        Wrong(
            "domain_check: { mode: \"on\", recheck: 0s, grace: 1 day, resolvers: [dns.example, 127.0.0.1:0] }\n",
            "3:23: error: `mode`: expected require, warn or off, found \"on\"",
            "3:38: error: `recheck`: expected a duration longer than nothing, found \"0s\"",
            "3:49: error: `grace`: expected a duration such as 30s, 15m, 24h or 7d, found \"1 day\"",
            "3:68: error: an item of `resolvers`: expected a resolver such as 127.0.0.1:53 or [::1]:53, "
                + "found \"dns.example\"",
            "3:81: error: an item of `resolvers`: expected a port from 1 to 65535 behind the colon, "
                + "found \"127.0.0.1:0\""),
        Wrong(
            "domain_check: { flattened: yes, https_check: on, https_port: +443, https_ca: [] }\n",
            "3:28: error: `flattened`: expected accept or refuse, found \"yes\"",
            "3:46: error: `https_check`: expected require, warn or off, found \"on\"",
            "3:62: error: `https_port`: expected a port from 1 to 65535, found \"+443\"",
            "3:78: error: expected a value for `https_ca`, found a list"),
        Wrong(
            "log: { to: file, level: verbose }\n",
            "3:12: error: `to`: expected syslog or stderr, found \"file\"",
            "3:25: error: `level`: expected error, warning, info or debug, found \"verbose\""),
        Wrong(
            "on_error: \"a\\nb\\u202e\"\n",
            "3:11: error: `on_error`: expected accept or tempfail, found \"a\\u{A}b\\u{202E}\""),
    ])
    func `a wrong value is said with its place and what was expected`(_ wrong: Wrong) {
        #expect(errors(behindMinimum: wrong.yaml) == wrong.says)
    }

    @Test(arguments: [
        Wrong(
            "log: { to: stderr }\n",
            "s.yaml:1:1: error: missing key `default_tracking_domains`: "
                + "expected the hosts that tracking links carry today",
            "s.yaml:1:1: error: missing key `senders`: "
                + "expected the folder with one file per sender, such as senders.d"),
        Wrong(
            "default_tracking_domains: []\nsenders: s\n",
            "s.yaml:1:27: error: expected at least one host in `default_tracking_domains`, found an empty list"
        ),
        Wrong(
            "default_tracking_domains: track.relay.example\nsenders: s\n",
            "s.yaml:1:27: error: expected a list for `default_tracking_domains`, "
                + "found \"track.relay.example\""),
        Wrong(
            "default_tracking_domains: [localhost, 192.0.2.1, \"*.example.com\"]\nsenders: s\n",
            "s.yaml:1:28: error: an item of `default_tracking_domains`: expected a host name such as "
                + "track.relay.example or *.t.relay.example, found \"localhost\"",
            "s.yaml:1:39: error: an item of `default_tracking_domains`: expected a host name such as "
                + "track.relay.example or *.t.relay.example, found \"192.0.2.1\""),
        Wrong(
            "default_tracking_domains:\n  - \"*.t.relay.example\"\nsenders: s\n",
            "s.yaml:2:5: error: missing key `cname_target`: expected the host that custom domains must point to, "
                + "because the first default domain is the pattern \"*.t.relay.example\""),
        Wrong(
            "- listen\n",
            "s.yaml:1:1: error: expected a mapping with the keys listen, socket_mode, socket_group, "
                + "control, default_tracking_domains, cname_target, senders, plugins, leave_paths, outbound, "
                + "identify_sender_by, rewrite, signed_mail, on_error, trace_header, max_message_size, "
                + "domain_check, log, metrics, found a list"),
    ])
    func `what has no default must be there`(_ wrong: Wrong) {
        #expect(errors(in: wrong.yaml) == wrong.says)
    }

    @Test func `all mistakes are found in one run, in the order of the file`() {
        let yaml = """
            on_error: reject
            default_tracking_domains: [-]
            on_error: accept
            lissten: unix:/x
            log: { to: nowhere }
            senders: s
            """
        #expect(
            errors(in: yaml).map { $0.prefix { $0 != " " } } == [
                "s.yaml:1:11:", "s.yaml:2:28:", "s.yaml:3:1:", "s.yaml:4:1:", "s.yaml:5:12:",
            ])
        // Where the senders are is what it takes to look for more.
        #expect(read(yaml)?.file == "/etc/signpost/signpost.yaml")
        #expect(read(yaml.replacing("senders: s", with: ""))?.file == nil)
    }
}

private let listFields =
    "List-Unsubscribe, List-Help, List-Subscribe, List-Owner, List-Archive, List-Post"
