import Testing

@testable import Rewriting

/// RFC 2045 section 6.7 a byte at a time: what the decoder should do, written as plainly as can be.
func referenceQuotedPrintable(_ raw: [UInt8]) -> (bytes: [UInt8], starts: [Int]) {
    func isBreak(_ index: Int) -> Int? {
        if index == raw.count { return index }
        if raw[index] == 0x0A { return index + 1 }
        return raw[index] == 0x0D && index + 1 < raw.count && raw[index + 1] == 0x0A ? index + 2 : nil
    }
    func afterSpace(_ index: Int) -> Int {
        var index = index
        while index < raw.count, raw[index] == 0x20 || raw[index] == 0x09 { index += 1 }
        return index
    }
    var bytes: [UInt8] = []
    var starts: [Int] = []
    var index = 0
    while index < raw.count {
        let byte = raw[index]
        if byte == UInt8(ascii: "=") {
            if let next = isBreak(afterSpace(index + 1)) {
                index = next
                continue
            }
            if index + 2 < raw.count,
                let value = UInt8(String(decoding: raw[index + 1...index + 2], as: UTF8.self), radix: 16),
                raw[index + 1] != UInt8(ascii: "+")
            {
                bytes.append(value)
                starts.append(index)
                index += 3
                continue
            }
        }
        if byte == 0x20 || byte == 0x09, isBreak(afterSpace(index)) != nil {
            index = afterSpace(index)
            continue
        }
        bytes.append(byte)
        starts.append(index)
        index += 1
    }
    return (bytes, starts)
}

@Suite struct `Quoted-printable` {
    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("a=3Db=3db", "a=b=b"), ("soft=\r\nbreak=\nhere", "softbreakhere"),
        ("=  \t\r\nx", "x"), ("end=", "end"), ("end=  ", "end"),
        ("trailing \t \r\nspace  \nhere \t", "trailing\r\nspace\nhere"),
        ("kept=20\r\n", "kept \r\n"), ("kept =\r\n", "kept "), ("=zz =4 =4g ==3D", "=zz =4 =4g =="),
        ("bare\rCR  \rhere", "bare\rCR  \rhere"), ("=\rx", "=\rx"), ("  \r\n", "\r\n"), ("a=3", "a=3"),
        ("=3\r\nD", "=3\r\nD"),
        ("=3=\r\nD", "=3D"),
    ])
    func `decodes as mail readers do`(raw: String, expected: String) {
        #expect(decoded(Array(text: raw), .quotedPrintable).bytes == Array(text: expected))
    }

    @Test func `random text decodes as the reference does, and each byte is found again`() {
        var random = Seeded(1)
        let alphabet = [
            "=", "=3D", "=e4", "\r\n", "\n", "\r", " ", "\t", "a", "bcdefghijklm", "=\r\n", "=\n", "= \n",
            "F", "0",
        ]
        for round in 0..<600 {
            let raw = [UInt8].random(of: alphabet, pieces: round % 20 == 0 ? 900 : round % 60, &random)
            let expected = referenceQuotedPrintable(raw)
            let result = decoded(raw, .quotedPrintable)
            #expect(result.bytes == expected.bytes, "\(raw)")
            #expect(result.ranges.map(\.start) == expected.starts, "\(raw)")
            #expect(result.ranges.allSatisfy { $0.count == 1 || $0.count == 3 && raw[$0.start] == 0x3D })
        }
    }

    @Test func `long runs of white space that is dropped do not lead positions astray`() {
        for count in [500, 511, 512, 513, 1023, 1024, 1600] {
            for end in ["\r\n", "\n", ""] {
                let raw = Array(text: "x" + String(repeating: " ", count: count) + end + "after=3D" + end)
                let expected = referenceQuotedPrintable(raw)
                let result = decoded(raw, .quotedPrintable)
                #expect(result.bytes == expected.bytes)
                #expect(result.ranges.map(\.start) == expected.starts)
            }
        }
    }
}
