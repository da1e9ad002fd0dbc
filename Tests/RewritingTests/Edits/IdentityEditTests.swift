import Testing

@testable import Rewriting

@Suite struct `Edits in parts that are not encoded` {
    private func line(_ count: Int, spaces: [Int] = []) -> [UInt8] {
        (0..<count).map { spaces.contains($0) ? 0x20 : UInt8(ascii: "x") }
    }
    private let longer = [UInt8](repeating: UInt8(ascii: "y"), count: 30)

    @Test func `the new bytes stand where the old ones stood`() {
        let raw = Array(text: "a http://track/ b\r\n")
        let edit = ContentEdit(link: 0, range: ByteRange(9, 14), replacement: Array(text: "click"))
        #expect(encoded([edit], in: raw, .identity).edits == [Edit(ByteRange(9, 12), Array(text: "cli"))])
    }

    @Test func `998 is not too long, and beyond it already may grow`() {
        for (length, growth) in [(968, 30), (999, 30), (5000, 30)] {
            let raw = line(length) + [0x0D, 0x0A]
            let edit = ContentEdit(link: 0, range: ByteRange(10, 10), replacement: Array(longer[..<growth]))
            #expect(
                encoded([edit], in: raw, .identity) == EncodedEdits(edits: [Edit(ByteRange(10, 10), longer)]))
        }
    }

    @Test(arguments: ["\r\n", "\n"])
    func `a space becomes the line's own end`(lineEnd: String) {
        let raw = line(998, spaces: [100, 500, 900]) + Array(text: lineEnd)
        let edit = ContentEdit(link: 0, range: ByteRange(10, 10), replacement: longer)
        let result = encoded([edit], in: raw, .identity, breaksAt: [100, 500, 900])
        #expect(result.refusedLinks.isEmpty)
        #expect(
            result.edits == [
                Edit(ByteRange(10, 10), longer), Edit(ByteRange(900, 901), Array(text: lineEnd)),
            ])
    }

    @Test func `the last links of a line are the first to stay`() {
        let raw = line(950) + [0x0A]
        let edits = (0..<4).map {
            ContentEdit(link: $0, range: ByteRange($0 * 100, $0 * 100), replacement: longer)
        }
        let result = encoded(edits, in: raw, .identity)
        #expect(result.refusedLinks == [1, 2, 3])
        #expect(result.edits == [Edit(ByteRange(0, 0), longer)])
    }

    @Test func `a refused link stays on every line`() {
        let raw = line(20) + [0x0A] + line(990) + [0x0A]
        let edits = [
            ContentEdit(link: 3, range: ByteRange(2, 3), replacement: longer),
            ContentEdit(link: 4, range: ByteRange(5, 6), replacement: longer),
            ContentEdit(link: 3, range: ByteRange(30, 31), replacement: longer),
        ]
        let result = encoded(edits, in: raw, .identity)
        #expect(result.refusedLinks == [3])
        #expect(result.edits == [Edit(ByteRange(5, 6), longer)])
    }

    @Test func `no break comes before what might be a boundary`() {
        var raw = line(998, spaces: [900]) + [0x0D, 0x0A]
        raw.replaceSubrange(901..<903, with: Array(text: "--"))
        let edit = ContentEdit(link: 0, range: ByteRange(10, 10), replacement: longer)
        #expect(encoded([edit], in: raw, .identity, breaksAt: [900]).refusedLinks == [0])
    }

    @Test func `edits that make no sense are refused`() {
        let raw = line(20)
        let edits = [
            ContentEdit(link: 0, range: ByteRange(5, 8), replacement: longer),
            ContentEdit(link: 1, range: ByteRange(7, 9), replacement: longer),
            ContentEdit(link: 2, range: ByteRange(19, 21), replacement: longer),
            ContentEdit(link: 3, range: ByteRange(12, 11), replacement: longer),
        ]
        for encoding in [TransferEncoding.identity, .quotedPrintable] {
            let result = encoded(edits, in: raw, encoding)
            #expect(result.refusedLinks == [1, 2, 3])
            #expect(result.edits.count == 1)
        }
    }

    @Test func `random edits keep to the limit or are refused`() {
        var random = Seeded(6)
        for round in 0..<300 {
            let raw = [UInt8].random(
                of: [
                    "x", " ", "\t", "\r\n", "\n", "abcdefghijklmnopqrst",
                    String(repeating: "word ", count: 190),
                ], pieces: round % 90, &random)
            let edits = randomEdits(of: raw, &random).map { edit in
                ContentEdit(link: edit.link / 2, range: edit.range, replacement: edit.replacement)
            }
            let spaces = raw.indices.filter { (raw[$0] == 0x20 || raw[$0] == 0x09) && round % 3 > 0 }
            let result = encoded(edits, in: raw, .identity, breaksAt: spaces)
            guard let new = applied(result.edits, to: raw) else {
                Issue.record("edits overlap")
                continue
            }
            let kept = expected(edits.filter { !result.refusedLinks.contains($0.link) }, raw) ?? []
            func joined(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { !ASCII.isWhitespace($0) } }
            #expect(joined(new) == joined(kept))
            let longest = lines(raw).map(\.count).max() ?? 0
            #expect((lines(new).map(\.count).max() ?? 0) <= max(998, longest + 200))
            if longest <= 998 { #expect((lines(new).map(\.count).max() ?? 0) <= 998) }
        }
    }
}
