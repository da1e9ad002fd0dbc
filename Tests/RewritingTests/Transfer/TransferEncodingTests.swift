import Testing

@testable import Rewriting

@Suite struct `Content-Transfer-Encoding` {
    @Test(arguments: [
        ("", TransferEncoding.identity), ("7bit", .identity), (" 8BIT\r\n", .identity), ("binary", .identity),
        (" Quoted-Printable", .quotedPrintable), ("quoted-printable; charset=utf-8", .quotedPrintable),
        ("(a (nested \\) one)) base64 (really)", .base64), ("BASE64 ;", .base64),
        ("(nothing else)", .identity),
    ])
    func `a known mechanism is read whatever surrounds it`(value: String, expected: TransferEncoding) {
        #expect(TransferEncoding(value.utf8) == expected)
    }

    @Test(arguments: [
        "x-custom", "uuencode", "base 64", "base64 base64", "\"base64\"", "quoted_printable", "base64(x)7bit",
        String(repeating: "7", count: 100_000),
    ])
    func `an unknown mechanism is not guessed at`(value: String) {
        #expect(TransferEncoding(value.utf8) == nil)
    }
}
