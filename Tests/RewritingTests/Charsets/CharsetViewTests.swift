import Testing

@testable import Rewriting

/// The view with everything that is not ASCII as a dot; nil where it is not readable.
private func view(_ bytes: [UInt8], _ label: String?) -> String? {
    bytes.withUnsafeBufferPointer { bytes in
        let view = CharsetView(decoded: bytes, label: label.map { Array($0.utf8) })
        guard view.isReadable else { return nil }
        return view.withBytes {
            String(decoding: $0.map { $0 < 0x80 ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
        }
    }
}

private func wide(_ text: String, unit: Int, big: Bool) -> [UInt8] {
    let units = unit == 2 ? text.utf16.map(UInt32.init) : text.unicodeScalars.map(\.value)
    return units.flatMap { value in
        let bytes = (0..<unit).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
        return big ? bytes.reversed() : bytes
    }
}

@Suite struct `Charset views` {
    @Test(arguments: [
        nil, "", "utf-8", "ISO-8859-1", " \"Windows-1252\" ", "x-nobody-knows", "euc-jp", "a//TRANSLIT",
    ])
    func `an ASCII superset is read where it stands`(label: String?) {
        let bytes = Array("<a href=\u{e9}>\u{feff}".utf8)
        bytes.withUnsafeBufferPointer { bytes in
            let view = CharsetView(decoded: bytes, label: label.map { Array($0.utf8) })
            #expect(view.isReadable)
            view.withBytes { #expect($0.baseAddress == bytes.baseAddress) }
            #expect(view.decodedRange(of: ByteRange(3, 5)) == ByteRange(3, 5))
        }
    }

    @Test(
        arguments: [
            ("shift_jis", [0x41, 0x83, 0x5C, 0x5C, 0xB1, 0x41], "A..\\.A"),  // "ソ" ends in a backslash
            ("X-SJIS", [0x81, 0x3C, 0x80, 0x41], ".<.A"),
            ("shift_jis", [0x83], "."),
            ("shift_jis", [0x83, 0xFF, 0x5C], "..\\"),
            ("gbk", [0x81, 0x40, 0x40, 0x81, 0x3C], "..@.<"),
            ("gb2312", [0x80, 0x41, 0xFF, 0x41], ".A.A"),
            ("gb18030", [0x81, 0x30, 0x81, 0x30, 0x30], "....0"),
            ("gb18030", [0x81, 0x30, 0x41, 0x30], ".0A0"),
            ("gb18030", [0x81, 0x30, 0x81, 0x41], ".0.."),
            ("big5", [0xA5, 0x5C, 0x5C, 0xA5, 0x22], "..\\.\""),
            ("euc-kr", [0x81, 0x41, 0x41, 0x81, 0x5B, 0xC6, 0x53, 0xB0, 0xA1], "..A.[.S.."),
            ("johab", [0x88, 0x61, 0x61, 0xD9, 0x31, 0x88, 0x3C], "..a...<"),
            (
                "iso-2022-jp", Array("a\u{1B}$B0!<\u{1B}(B<".utf8),
                "a.........<".replacing("<", with: "") + "<"
            ),
            ("iso-2022-jp", Array("\u{1B}$B0!\n0!\u{1B}(J<".utf8), ".....\n.....<"),
            ("iso-2022-jp", Array("\u{1B}Xy<".utf8), ".Xy<"),
            ("iso-2022-kr", Array("\u{1B}$)C\na\u{0E}0!\u{0F}<".utf8), "....\na....<"),
            ("iso-2022-cn", Array("\u{1B}$)A\u{0E}0!\u{0F}<\u{1B}N0!a".utf8), "........<....a"),
            ("hz-gb-2312", Array("a~{<:Ky~}<~~b~\nc".utf8), "a........<..b..c"),
            ("hz", Array("~{<:\n<".utf8), "....\n<"),
            ("utf-7", Array("a+-b+AOk-c+4oJ d".utf8), nil),
            ("utf-7", Array("a+-b+AOk-c".utf8), "a..b.....c"),
            ("utf-7", Array("+ADw-script".utf8), nil),
            ("utf-7", Array("Hello+ACE-".utf8), "Hello....."),
        ] as [(String, [UInt8], String?)])
    func `what is not ASCII is masked`(label: String, bytes: [UInt8], expected: String?) {
        #expect(view(bytes, label) == expected)
    }

    @Test func `a shift that a line's end leaves open is in doubt`() {
        #expect(view(Array("\u{1B}$)C\u{0E}0!\n<a".utf8), "iso-2022-kr") == nil)
        #expect(view(Array("\u{1B}$)C\u{0E}0!\n\u{0F}<a".utf8), "iso-2022-kr") != nil)
    }

    @Test func `wide text is read in its byte order, whoever names it`() {
        let text = "<a href=\"http://x.example/\">\u{65E5}</a>"
        let expected = text.replacing("\u{65E5}", with: ".")
        for unit in [2, 4] {
            for big in [false, true] {
                let name = "UTF-\(unit * 8)"
                let bytes = wide(text, unit: unit, big: big)
                let marked = wide("\u{FEFF}" + text, unit: unit, big: big)
                #expect(view(bytes, name) == expected)
                #expect(view(bytes, name + (big ? "BE" : "LE")) == expected)
                #expect(view(bytes, name + (big ? "LE" : "BE")) == nil)
                #expect(view(bytes, nil) == expected)
                for label in [name, name + "LE", name + "BE", "utf-8", nil] {
                    #expect(view(marked, label) == "." + expected)
                }
                #expect(view(bytes + [0x41], name) == expected)
            }
        }
    }

    @Test func `a label that claims UTF-16 for ASCII text is not believed`() {
        #expect(view(Array("<a href=http://x.example/>".utf8), "utf-16le") == "<a href=http://x.example/>")
        #expect(view([0x4E, 0x2D, 0x65, 0x87], "utf-16") == nil)
    }

    @Test func `wide ranges and text go back to whole code units`() {
        let bytes = wide("\u{FEFF}ab\u{65E5}c", unit: 2, big: true)
        bytes.withUnsafeBufferPointer { bytes in
            let view = CharsetView(decoded: bytes, label: Array("utf-16".utf8))
            #expect(view.decodedRange(of: ByteRange(1, 3)) == ByteRange(2, 6))
            #expect(view.encode(Array("x.".utf8)) == [0, 0x78, 0, 0x2E])
            #expect(view.utf8(of: ByteRange(2, 5)) == Array("b\u{65E5}c".utf8))
            #expect(view.decodedRange(of: ByteRange(0, 99)) == ByteRange(0, bytes.count))
        }
    }

    @Test(
        arguments: [
            ("shift_jis", [0x93, 0xFA, 0x96, 0x7B, 0x2E], "\u{65E5}\u{672C}."),
            ("iso-8859-1", [0xE9], "\u{e9}"), ("koi8-r", [0xC1], "\u{430}"),
            ("big5", [0xA4, 0xE9], "\u{65E5}"),
            ("gb2312", [0xC8, 0xD5], "\u{65E5}"), ("euc-kr", [0xEC, 0xED], "\u{65E5}"),
            ("hz", Array("~{HU~}.".utf8), "\u{65E5}."),
            ("iso-2022-jp", Array("\u{1B}$BF|\u{1B}(B.".utf8), "\u{65E5}."),
            ("utf-7", Array("+ZeU-".utf8), "\u{65E5}"), (nil, Array("\u{65E5}".utf8), "\u{65E5}"),
            ("utf-8", [0xE9], nil), ("x-nobody", [0xE9], nil), ("utf-8", [], ""),
        ] as [(String?, [UInt8], String?)])
    func `a short range is told as text`(label: String?, bytes: [UInt8], expected: String?) {
        bytes.withUnsafeBufferPointer { buffer in
            let view = CharsetView(decoded: buffer, label: label.map { Array($0.utf8) })
            #expect(view.utf8(of: ByteRange(0, bytes.count)) == expected.map { Array($0.utf8) })
        }
    }

    @Test func `random bytes never crash it, and a view has the length it should`() {
        var random = Seeded(7)
        let labels = Charset.aliases.flatMap { $0.labels.split(separator: " ").prefix(1).map(String.init) }
        for label in labels {
            for count in 0..<40 {
                let bytes = (0..<count).map { _ in
                    UInt8.random(in: 0...255, using: &random) & (Bool.random(using: &random) ? 0x7F : 0xFF)
                }
                bytes.withUnsafeBufferPointer { buffer in
                    let view = CharsetView(decoded: buffer, label: Array(label.utf8))
                    let unit = label.hasPrefix("utf-16") ? 2 : label.hasPrefix("utf-32") ? 4 : 1
                    if view.isReadable, unit == 1 || bytes.isEmpty { #expect(view.count == count) }
                    _ = view.utf8(of: ByteRange(0, view.count))
                }
            }
        }
    }
}
