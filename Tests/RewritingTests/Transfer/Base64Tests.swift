import Testing

@testable import Rewriting

/// Base64 in lines, as a mailer would write it.
func base64(_ bytes: [UInt8], width: Int = 76, lineEnd: String = "\r\n", padded: Bool = true) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var flat: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = Array(bytes[start..<min(start + 3, bytes.count)])
        let padding = 3 - group.count
        let bits = (group + [UInt8](repeating: 0, count: padding)).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        for digit in 0..<(4 - padding) { flat.append(digits[Int(bits >> UInt32(18 - 6 * digit)) & 63]) }
        if padded { flat += [UInt8](repeating: UInt8(ascii: "="), count: padding) }
    }
    var result: [UInt8] = []
    for start in stride(from: 0, to: flat.count, by: width) {
        result += flat[start..<min(start + width, flat.count)] + Array(lineEnd.utf8)
    }
    return result
}

@Suite struct Base64Content {
    @Test(arguments: [
        ("", ""), ("QUJD", "ABC"), ("QUI=", "AB"), ("QQ==", "A"), ("QUI", "AB"), ("QQ", "A"),
        ("\r\nQU\r\nI=\r\n\r\n", "AB"),
        (" Q U\tJ D ", "ABC"), ("QUJDRA==", "ABCD"), ("QR==", "A"),
    ])
    func `sound base64 decodes`(raw: String, expected: String) {
        let result = decoded(Array(text: raw), .base64)
        #expect(result.bytes == Array(text: expected))
        #expect(!result.isDamaged)
    }

    @Test(arguments: [
        ("QUI=QUJD", "ABABC"), ("QUJDR", "ABC"), ("QUJD=", "ABC"), ("QUJD====", "ABC"), ("QU.JD", "ABC"),
        ("QUJD!", "ABC"),
        ("QQ=", "A"), ("=QUJ", ""), ("Q===", ""), ("QQ=A", ""), ("QUI-", "AB"),
        ("QUI=\r\n-- \r\nfooter.", "AB~\u{8A}-\u{1}"),
    ])
    func `base64 that readers disagree about is read but counts as damaged`(raw: String, expected: String) {
        let result = decoded(Array(text: raw), .base64)
        #expect(result.isDamaged)
        if expected.utf8.allSatisfy({ $0 < 0x7E && $0 > 0x20 }) {
            #expect(result.bytes == Array(text: expected))
        }
    }

    @Test func `every line width decodes, and each byte lies in its group`() {
        var random = Seeded(2)
        for width in 1...100 {
            let bytes = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for lineEnd in ["\r\n", "\n", " \r\n\r\n"] {
                let raw = base64(bytes, width: width, lineEnd: lineEnd, padded: width % 3 > 0)
                let result = decoded(raw, .base64)
                #expect(result.bytes == bytes)
                #expect(!result.isDamaged)
                // Which group each character belongs to.
                var groups = [Int](repeating: -1, count: raw.count)
                var digits = 0
                for (index, byte) in raw.enumerated() where byte > 0x20 {
                    groups[index] = digits / 4
                    digits += 1
                }
                let isRight = result.ranges.enumerated().allSatisfy { index, range in
                    groups[range.start] == index / 3 && groups[range.end - 1] == index / 3
                        && (range.start == 0 || groups[..<range.start].last { $0 >= 0 } != index / 3)
                }
                #expect(isRight)
            }
        }
    }

    @Test func `random bytes never crash it`() {
        var random = Seeded(3)
        for _ in 0..<400 {
            let raw = [UInt8].random(
                of: ["QUJD", "Q", "=", "==", "\r\n", " ", ".", "\u{e9}", "QUJDQUJDQUJD"],
                pieces: .random(in: 0...200, using: &random), &random)
            let result = decoded(raw, .base64)
            #expect(result.ranges.allSatisfy { $0.start >= 0 && $0.start <= $0.end && $0.end <= raw.count })
        }
    }
}
