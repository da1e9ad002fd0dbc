import Testing

@testable import Configuration

@Suite struct ValueTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("IPv6:2001:DB8::1", "2001:db8::1"), ("ipv6:::1", "::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("IPv6:::FFFF:c000:0201", "192.0.2.1"),
        ("127.1", nil), ("0177.0.0.1", nil), ("unknown", nil), ("", nil), ("127.0.0.1\0x", nil),
        (" ::1", nil),
        ("fe80::1%eth0", nil), ("127.0.0.1/8", nil),
    ])
    func `an address is read as the MTA gives it`(_ text: String, _ canonical: String?) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("192.0.2.128/25", "192.0.2.127", false),
        ("192.0.2.128/25", "192.0.2.128", true), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false), ("::/0", "8.8.8.8", false), ("::/0", "2001:db8::", true),
        ("::ffff:10.0.0.0/104", "10.1.2.3", true), ("::ffff:10.0.0.0/104", "11.1.2.3", false),
        ("::1", "::1", true), ("::1", "::2", false), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8:8000::/33", "2001:db8:8000::1", true), ("2001:db8:8000::/33", "2001:db8::1", false),
    ])
    func `a network contains its addresses`(_ network: String, _ address: String, _ contains: Bool) throws {
        let address = try #require(IPAddress(address))
        #expect(try Network(parsing: network).contains(address) == contains)
    }

    @Test(arguments: [
        "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/٨", "10/8", "::/129", "a/8", "", "/8", "10.0.0.0/8/8",
    ])
    func `what is not a network is refused`(_ text: String) {
        #expect(throws: ValueError.self) { try Network(parsing: text) }
    }

    @Test(arguments: [
        ("unix:/run/s.sock", "unix:/run/s.sock", "unix:/run/s.sock"),
        ("local:s.sock", "unix:/etc/s.sock", "unix:/etc/s.sock"),
        ("inet:8891@127.0.0.1", "inet:8891@127.0.0.1", "inet:127.0.0.1:8891"),
        ("inet:8891@localhost", "inet:8891@localhost", "inet:localhost:8891"),
        ("inet:8891", "inet:8891", "inet:127.0.0.1:8891"),
        ("inet6:8891@[::1]", "inet6:8891@[::1]", "inet:[::1]:8891"),
        ("inet6:8891@::1", "inet6:8891@[::1]", "inet:[::1]:8891"),
        ("inet6:8891", "inet6:8891", "inet:[::1]:8891"),
    ])
    func `an address to listen on is written for libmilter and for Postfix`(
        _ text: String, _ libmilter: String, _ postfix: String
    ) throws {
        let listen = try ListenAddress(parsing: text, file: "/etc/signpost.yaml")
        #expect(listen.libmilterNotation == libmilter)
        #expect(listen.postfixNotation == postfix)
    }

    @Test(arguments: [
        "unix:", "tcp:1@a", "inet:", "inet:0@a", "inet:+1@a", "inet:1@", "inet:1@[a]", "inet:1@a b",
        "inet:1@a@b",
        "",
    ])
    func `what is not an address to listen on is refused`(_ text: String) {
        #expect(throws: ValueError.self) { try ListenAddress(parsing: text) }
    }

    @Test(arguments: [
        ("1048576", 1_048_576), ("1B", 1), ("64MiB", 64 << 20), ("10MB", 10_000_000), ("1 GiB", 1 << 30),
        ("8kB", 8000), ("0", nil), ("-1", nil), ("1.5MB", nil), ("MB", nil), ("10mb", nil), ("1e6", nil),
        ("9223372036854775807kB", nil), ("99999999999999999999", nil), ("1_000", nil), ("٣", nil),
    ])
    func `a size has a unit`(_ text: String, _ bytes: Int?) {
        #expect((try? Quantity.bytes(text)) == bytes)
    }

    @Test(arguments: [
        ("30s", 30), ("15m", 900), ("24h", 86400), ("7d", 604_800), ("0s", 0),
        ("15", nil), ("1w", nil), ("1h30m", nil), ("-1h", nil), ("h", nil),
    ])
    func `a duration has a unit`(_ text: String, _ seconds: Int?) {
        #expect((try? Quantity.duration(text)) == seconds.map { .seconds($0) })
    }

    @Test(arguments: [
        ("click.acme.example", "click.acme.example"), ("Click.Acme.Example.:8443", "click.acme.example:8443"),
        ("klick.b\u{FC}cher.example", "klick.xn--bcher-kva.example"),
        ("https://click.acme.example", nil), ("click.acme.example/", nil), ("a@click.acme.example", nil),
        ("192.0.2.1", nil), ("[2001:db8::1]:443", nil), ("2001:db8::1", nil), ("click", nil),
        ("click.acme.example:", nil), ("click.acme.example:0", nil), ("click.acme.example:65536", nil),
        ("click.acme.example:+80", nil), ("*.acme.example", nil), ("a:80:80", nil), ("", nil),
    ])
    func `a tracking domain is a host and perhaps a port`(_ text: String, _ canonical: String?) {
        #expect((try? TrackingDomain(parsing: text))?.description == canonical)
    }

    @Test(arguments: [
        ("user", "192.0.2.1", nil, true), (nil, "127.0.0.1", nil, true), (nil, nil, nil, true),
        ("", "192.0.2.1", nil, false), (nil, "192.0.2.1", "ORIGINATING", true),
        (nil, "192.0.2.1", "originating", false), (nil, "unknown", nil, false), (nil, "IPv6:::1", nil, true),
        (nil, "::ffff:127.0.0.1", nil, true), (nil, "", nil, false),
    ])
    func `any one fact makes a message ours`(
        _ login: String?, _ client: String?, _ daemon: String?, _ ours: Bool
    ) {
        #expect(Outbound().admits(login: login, client: Client(client), daemonName: daemon) == ours)
    }

    @Test func `a login does not count where it is switched off`() {
        var outbound = Outbound()
        outbound.authenticated = false
        #expect(!outbound.admits(login: "user", client: Client("192.0.2.1"), daemonName: nil))
    }

    @Test func `a suggestion is near and otherwise silent`() {
        let known = ["listen", "senders", "log"]
        #expect(Suggestion.nearest(to: "lsiten", among: known) == "listen")
        #expect(Suggestion.nearest(to: "sender", among: known) == "senders")
        #expect(Suggestion.nearest(to: "lag", among: known) == "log")
        #expect(Suggestion.nearest(to: "port", among: known) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "x", count: 100_000), among: known) == nil)
    }

    @Test func `what an error shows cannot break its line`() {
        #expect(quoted("a\nb\u{7}\u{202E}\u{2028}ü") == "\"a\\u{A}b\\u{7}\\u{202E}\\u{2028}ü\"")
        #expect(printable(String(repeating: "x", count: 1000)).count == 321)
    }
}
