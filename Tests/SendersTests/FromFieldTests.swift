import Testing

@testable import Senders

@Suite struct FromFieldTests {
    private func addresses(_ value: String) -> [String?]? {
        FromField.addresses(Array(value.utf8))?.map { $0?.key }
    }

    @Test(arguments: [
        (" news@acme.example", ["news@acme.example"]),
        ("News@ACME.example", ["news@acme.example"]),
        (" Acme News <news@acme.example>", ["news@acme.example"]),
        (" <news@acme.example>", ["news@acme.example"]),
        (" \"Acme, Inc. <ceo@evil.example>\" <news@acme.example>", ["news@acme.example"]),
        (" John Q. Public <jqp@acme.example>", ["jqp@acme.example"]),
        (" =?utf-8?q?B=C3=BCcher?= <news@acme.example>", ["news@acme.example"]),
        (" =?utf-8?q?ceo=40evil.example?= <news@acme.example>", ["news@acme.example"]),
        (" B\u{FC}cher <news@acme.example>", ["news@acme.example"]),
        (" b\u{FC}cher@b\u{FC}cher.example", ["b\u{FC}cher@xn--bcher-kva.example"]),
        (" news@acme.example (ceo@evil.example)", ["news@acme.example"]),
        (" (a(b(c)\\)d)) news (x) @ (y) acme (z) . example (end)", ["news@acme.example"]),
        (" Acme\r\n\t<news@acme.example>", ["news@acme.example"]),
        (" Acme\n <news@acme.example>", ["news@acme.example"]),
        (" \"news\"@acme.example", ["news@acme.example"]),
        (" \"a b\\\"c\"@acme.example", ["a b\"c@acme.example"]),
        (" \"a@evil.example\"@acme.example", ["a@evil.example@acme.example"]),
        (" \"a\" . b . \"c\"@acme.example", ["a.b.c@acme.example"]),
        (" <@relay.example,@b.example:news@acme.example>", ["news@acme.example"]),
        (" a@x.example, B <b@y.example>", ["a@x.example", "b@y.example"]),
        (" ,a@x.example,,b@y.example, ", ["a@x.example", "b@y.example"]),
        (" Team: a@x.example, B <b@y.example>;", ["a@x.example", "b@y.example"]),
        (" Team: a@x.example; , c@z.example", ["a@x.example", "c@z.example"]),
        (" bounce+tag=x@acme.example", ["bounce+tag=x@acme.example"]),
        (" app@localhost", ["app@localhost"]),
    ])
    func `addresses are found where the grammar has them`(_ value: String, _ expected: [String]) {
        #expect(addresses(value) == expected)
    }

    @Test(arguments: [
        "", " ", " (only a comment)", " Acme News", " <>", " Team:;", " Team: a@x.example", " a@x.example;",
        // Two readings, two addresses.
        " ceo@evil.example <news@acme.example>", " <ceo@evil.example> <news@acme.example>",
        " <ceo@evil.example> news@acme.example", " news@acme.example ceo@evil.example",
        " news@acme.example@evil.example", " a@evil.example,b news@acme.example",
        " Acme, Inc. <n@acme.example>",
        " <<news@acme.example>>", " <news@acme.example", " news@acme.example>",
        " =?utf-8?q?x <ceo@evil.example>?= <news@acme.example>",
        " =?utf-8?q?news?=@acme.example", " =?utf-8?q?a.b?=@acme.example", " =?utf-8?q?news=40acme.example?=",
        // Broken pieces.
        " \"open <news@acme.example>", " (open news@acme.example", " (a\\) news@acme.example",
        " ) news@acme.example", " news)@acme.example", " a..b@acme.example", " .a@acme.example",
        " a.@acme.example", " a b@acme.example", " @acme.example", " news@", " news@acme..example",
        " news@acme.example.", " news@[192.0.2.1", " news@[a[b]", " a: b: c@x.example;;", " : a@x.example;",
        " .x <news@acme.example>", " \"a\"b\"@acme.example", " news@\"acme.example\"", " a\\@b@acme.example",
        // Controls and line ends.
        " news@acme.example\0", " \"\0\" <news@acme.example>", " news@acme.example\r\n",
        " a\n<news@acme.example>",
        " a\r <news@acme.example>", " a\u{7F} <news@acme.example>", " a\u{1B} <news@acme.example>",
    ])
    func `what the grammar does not allow has no addresses`(_ value: String) {
        #expect(addresses(value) == nil)
    }

    @Test func `bytes that are not UTF-8 have no addresses`() {
        #expect(
            FromField.addresses(Array(" B".utf8) + [0xFC] + Array("cher <news@acme.example>".utf8)) == nil)
        #expect(FromField.addresses(Array(" news".utf8) + [0xC0, 0xAE] + Array("@acme.example".utf8)) == nil)
    }

    @Test(arguments: [" news@[192.0.2.1]", " \"\"@acme.example", " news@xn--a.example"])
    func `an address that cannot be compared is there, and nobody's`(_ value: String) {
        #expect(addresses(value) == [nil])
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["(", "\"\\", "a,", "<@a", "a.", "[", ":", "\\", "(\\(", "=?"])
    func `a field of a megabyte is read in linear time and without recursion`(_ piece: String) {
        _ = addresses(String(repeating: piece, count: 1_000_000 / piece.utf8.count))
    }

    @Test func `no bytes crash the parser`() {
        let alphabet = Array("a@.,:;<>()[]\"\\ \t\r\n=?_-".utf8) + [0, 0x80, 0xC3, 0xFF]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = (0..<Int.random(in: 0..<24, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            for address in FromField.addresses(value) ?? [] {
                #expect(value.contains(UInt8(ascii: "@")), "\(value) \(String(describing: address))")
            }
        }
    }
}
