import Configuration
import Testing

@testable import Senders

@Suite struct AddressTests {
    @Test(arguments: [
        ("<news@acme.example>", "news@acme.example"), ("news@acme.example", "news@acme.example"),
        (" <NEWS@Acme.Example.> ", "news@acme.example"),
        ("<@a.example,@b.example:news@acme.example>", "news@acme.example"),
        ("<\"news\"@acme.example>", "news@acme.example"), ("<\"a@b\"@acme.example>", "a@b@acme.example"),
        ("<\"a\\\"b\"@acme.example>", "a\"b@acme.example"), ("<a..b.@acme.example>", "a..b.@acme.example"),
        ("<news@B\u{DC}CHER.example>", "news@xn--bcher-kva.example"),
        ("<news@XN--bcher-KVA.example>", "news@xn--bcher-kva.example"),
        ("<B\u{DC}RO@acme.example>", "b\u{FC}ro@acme.example"),
        ("<prvs=1234abcd=news@acme.example>", "prvs=1234abcd=news@acme.example"),
        ("<SRS0=ab=cd=acme.example=news@relay.example>", "srs0=ab=cd=acme.example=news@relay.example"),
        ("<bounce+user=x.example@acme.example>", "bounce+user=x.example@acme.example"),
        ("<app@host_1>", "app@host_1"),
    ])
    func `an envelope sender is read in its canonical form`(_ text: String, _ key: String) {
        guard case .address(let address) = EnvelopeSender(text) else {
            Issue.record("\(text) is no address")
            return
        }
        #expect(address.key == key)
    }

    @Test(arguments: ["<>", "", " ", " <> "])
    func `the null sender is empty`(_ text: String) {
        #expect(EnvelopeSender(text) == .empty)
    }

    @Test(arguments: [
        "<news@acme.example", "news", "<postmaster>", "<@acme.example>", "<news@>", "<news@acme.example..>",
        "<a@b@acme.example>", "<\"open@acme.example>", "<a b@acme.example>", "<a\0@acme.example>",
        "<news@acme.example\n>", "<@a.example>", "<news@[192.0.2.1]>", "<\"\"@acme.example>",
        "<news@acme.example> SIZE=1", "<a\\", "<news@xn--a.example>", "<news@acme .example>",
    ])
    func `what is no address is nobody's`(_ text: String) {
        #expect(EnvelopeSender(text) == .malformed)
    }

    @Test func `composed and decomposed letters are one address`() {
        let composed = MailAddress(localPart: Array("caf\u{E9}".utf8), domain: "acme.example".utf8)
        let decomposed = MailAddress(localPart: Array("CAFE\u{301}".utf8), domain: "acme.example".utf8)
        #expect(composed == decomposed)
        #expect(composed.flatMap { [$0.key: 1][decomposed?.key ?? ""] } == 1)
    }

    @Test(arguments: [
        ("\u{17F}", "s"), ("\u{212A}", "k"), ("\u{131}", "i"), ("\u{130}", "i"), ("\u{DF}", "ss"),
    ])
    func `a letter outside ASCII is none inside`(_ letter: String, _ ascii: String) {
        #expect(caseFolded(letter) != ascii)
    }

    @Test func `all forms of a letter are one`() {
        #expect(caseFolded("\u{3A3}\u{3C3}\u{3C2}") == "\u{3C3}\u{3C3}\u{3C3}")
        #expect(caseFolded("\u{1E9E}\u{C4}") == "\u{DF}\u{E4}")
    }

    @Test(arguments: [
        ("news@acme.example", "news@acme.example"), ("@ACME.example.", "@acme.example"),
        ("@*.B\u{FC}cher.example", "@*.xn--bcher-kva.example"), ("\"a b\"@acme.example", "a b@acme.example"),
        ("@localhost", "@localhost"),
    ])
    func `an entry of addresses is read`(_ text: String, _ canonical: String) throws {
        #expect(try AddressPattern(parsing: text).description == canonical)
    }

    @Test(arguments: [
        "", "@", "@*", "@*.", "*", "news", "<a@b.example>", "a@*.b.example", "@a@b.example", "@a b",
    ])
    func `what is no entry of addresses is refused`(_ text: String) {
        #expect(throws: ValueError.self) { try AddressPattern(parsing: text) }
    }
}
