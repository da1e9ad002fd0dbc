import Testing

@testable import Rewriting

@Suite struct `Edits in base64` {
    @Test func `the same length changes its own line alone`() {
        let bytes = Array(text: String(repeating: "abcdefghi ", count: 40))
        let raw = base64(bytes)
        let edit = ContentEdit(link: 0, range: ByteRange(100, 104), replacement: Array(text: "WXYZ"))
        let new = applied(encoded([edit], in: raw, .base64).edits, to: raw) ?? []
        let changed = zip(lines(raw), lines(new)).filter { $0 != $1 }
        #expect(changed.count == 1)
        #expect(decoded(new, .base64).bytes == expected([edit], bytes))
    }

    @Test func `three bytes more change their own line, which becomes two`() {
        let bytes = Array(text: String(repeating: "abcdefghi ", count: 40))
        let raw = base64(bytes)
        let edit = ContentEdit(link: 0, range: ByteRange(100, 104), replacement: Array(text: "WXYZ123"))
        let new = applied(encoded([edit], in: raw, .base64).edits, to: raw) ?? []
        let (old, now) = (lines(raw), lines(new))
        #expect(now.count == old.count + 1)
        #expect(old[0] == now[0] && old[2...] == now[3...])
        #expect(now[1].count == 76 && now[2].count == 4)
    }

    @Test func `a damaged part is refused`() {
        let raw = Array(text: "QUJD*QUJD")
        let edit = ContentEdit(link: 7, range: ByteRange(0, 1), replacement: Array(text: "x"))
        #expect(encoded([edit], in: raw, .base64) == EncodedEdits(edits: [], refusedLinks: [7]))
    }

    @Test func `all widths, all shifts, all endings`() {
        var random = Seeded(5)
        for width in 1...100 {
            for round in 0..<6 {
                let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let lineEnd = round % 2 == 0 ? "\r\n" : "\n"
                let raw =
                    base64(bytes, width: width, lineEnd: lineEnd, padded: round % 3 > 0)
                    + Array(text: round % 5 == 0 ? lineEnd : "")
                let edits = randomEdits(of: bytes, &random)
                let result = encoded(edits, in: raw, .base64)
                guard let new = applied(result.edits, to: raw) else {
                    Issue.record("edits overlap")
                    continue
                }
                let now = decoded(new, .base64)
                #expect(now.bytes == expected(edits, bytes))
                #expect(!now.isDamaged)
                let longest = lines(raw).map(\.count).max() ?? 0
                #expect((lines(new).map(\.count).max() ?? 0) <= max(76, longest))
                if lines(raw).count > 3 { #expect((lines(new).map(\.count).max() ?? 0) <= longest) }
                let trailer = raw.lastIndex { $0 > 0x20 }.map { raw[($0 + 1)...] } ?? raw[...]
                let newTrailer = new.lastIndex { $0 > 0x20 }.map { new[($0 + 1)...] } ?? new[...]
                #expect(
                    new.isEmpty
                        || newTrailer.isEmpty == trailer.isEmpty
                            && newTrailer.suffix(trailer.count) == trailer
                )
                let rest = new.count { $0 > 0x20 } % 4
                #expect(rest == 0 || raw.count { $0 > 0x20 } % 4 != 0)
                if let first = edits.first(where: { encoded([$0], in: raw, .base64).edits != [] }) {
                    let group = first.range.start / 3 * 4
                    let digits = raw.indices.filter { raw[$0] > 0x20 }
                    let kept = group < digits.count ? digits[group] : 0
                    #expect(raw[..<kept] == new[..<min(kept, new.count)])
                }
                if lineEnd == "\r\n" {
                    #expect(new.count { $0 == 0x0A } == new.count { $0 == 0x0D })
                } else {
                    #expect(!new.contains(0x0D))
                }
            }
        }
    }
}
