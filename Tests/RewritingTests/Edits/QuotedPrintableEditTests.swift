import Testing

@testable import Rewriting

@Suite struct `Edits in quoted-printable` {
    /// Replaces each `old` by `new`.
    private func moved(
        _ text: String, _ old: String = "track.relay.example", _ new: String = "click.acme.example"
    ) -> String? {
        let raw = Array(text: text)
        let content = decoded(raw, .quotedPrintable).bytes
        let edits = occurrences(of: Array(text: old), in: content).enumerated().map {
            ContentEdit(link: $0.offset, range: $0.element, replacement: Array(text: new))
        }
        return applied(encoded(edits, in: raw, .quotedPrintable).edits, to: raw).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test func `only the host's own bytes change`() {
        let rest = "/x=20=\r\ny \r\n"
        let start = "a  href=3D\"http://"
        #expect(moved(start + "track.relay.example" + rest) == start + "click.acme.example" + rest)
    }

    @Test func `a soft break in the host goes with it`() {
        #expect(moved("a http://tra=\r\nck.relay.example/ b\r\nc") == "a http://click.acme.example/ b\r\nc")
    }

    @Test func `a soft break in the part of the host that stays, stays`() {
        #expect(moved("http://track.rel=\r\nay.exam=\r\nple/") == "http://click.acme.exam=\r\nple/")
    }

    @Test func `a line that grows past 76 becomes two`() {
        let start = String(repeating: "x", count: 70)
        let result = moved("\(start)rl.ex\r\nnext\r\n", "rl.ex", "click.acme.example")
        // One column further a line would begin with the dot.
        #expect(result == "\(start)clic=\r\nk.acme.example\r\nnext\r\n")
        #expect(moved("\(start)rl.ex=\nnext\n", "rl.ex", "a.b") == "\(start)a.b=\nnext\n")
    }

    @Test func `white space before a line's end is not left bare`() {
        let raw = Array(text: "a bc\r\n")
        let result = encoded(
            [ContentEdit(link: 0, range: ByteRange(2, 4), replacement: [])], in: raw, .quotedPrintable)
        #expect(applied(result.edits, to: raw) == Array(text: "a=20\r\n"))
    }

    @Test func `an equals sign that is text does not become an escape`() {
        let raw = Array(text: "x=zy 4")
        let result = encoded(
            [ContentEdit(link: 0, range: ByteRange(2, 4), replacement: Array(text: "41"))], in: raw,
            .quotedPrintable)
        #expect(
            applied(result.edits, to: raw).map { decoded($0, .quotedPrintable).bytes }
                == Array(text: "x=41 4"))
    }

    @Test func `what is not printable is escaped, in the digits the part uses`() {
        let edit = [ContentEdit(link: 0, range: ByteRange(0, 1), replacement: Array(text: "=\u{e4} "))]
        for (raw, expected) in [("a=c3", "=3d=c3=a4=20=c3"), ("a=C3", "=3D=C3=A4=20=C3")] {
            let result = encoded(edit, in: Array(text: raw), .quotedPrintable)
            #expect(applied(result.edits, to: Array(text: raw)) == Array(text: expected))
        }
    }

    @Test func `nothing to change is no edit`() {
        let raw = Array(text: "a=\r\nb=3D")
        let same = ContentEdit(link: 1, range: ByteRange(0, 3), replacement: Array(text: "ab="))
        #expect(encoded([same], in: raw, .quotedPrintable) == EncodedEdits())
        #expect(encoded([], in: raw, .quotedPrintable) == EncodedEdits())
    }

    @Test func `a host at every column keeps its line within the limit`() {
        for host in ["t.example", "a.much.longer.host.name.than.that.example.com"] {
            for lineEnd in ["\r\n", "\n"] {
                for column in 0..<80 {
                    let start = String(repeating: "=3D", count: column / 3) + "..".prefix(column % 3)
                    let line = wrapped(start + "//track.relay.example/=C3=A4=C3=A4 tail", lineEnd)
                    let text = "before\(lineEnd)\(line)\(lineEnd)after\(lineEnd)"
                    guard let result = moved(text, "track.relay.example", host) else {
                        Issue.record("edits overlap")
                        continue
                    }
                    let content = decoded(Array(text: text), .quotedPrintable).bytes
                    let old = String(decoding: content, as: UTF8.self).replacing(
                        "track.relay.example", with: host)
                    #expect(decoded(Array(text: result), .quotedPrintable).bytes == Array(text: old))
                    #expect(lines(Array(text: result)).allSatisfy { $0.count <= 76 })
                    #expect(
                        result.hasPrefix("before\(lineEnd)") && result.hasSuffix("\(lineEnd)after\(lineEnd)"))
                }
            }
        }
    }

    @Test func `random edits of random text say what they should and keep to the limits`() {
        var random = Seeded(4)
        let alphabet = [
            "=", "=3D", "=e4", "\r\n", "\n", "\r", " ", "\t", ".", "From ", "--", "bcdefghijklm", "=\r\n",
            "=\n", "= \n", "4", "F", "\u{e4}",
        ]
        for round in 0..<1200 {
            let raw = [UInt8].random(of: alphabet, pieces: round % 40 == 0 ? 600 : round % 50, &random)
            let content = decoded(raw, .quotedPrintable).bytes
            let edits = randomEdits(of: content, &random)
            let result = encoded(edits, in: raw, .quotedPrintable)
            #expect(result.refusedLinks.isEmpty)
            guard let new = applied(result.edits, to: raw) else {
                Issue.record("edits overlap: \(raw) \(edits)")
                continue
            }
            #expect(decoded(new, .quotedPrintable).bytes == expected(edits, content), "\(raw) \(edits)")
            let longest = lines(raw).map(\.count).max() ?? 0
            let longestNow = lines(new).map(\.count).max() ?? 0
            #expect(
                longestNow <= max(76, longest) || longest > 76 && longestNow <= max(998, longest),
                "\(raw) \(edits)")
        }
    }
}

/// `text` with a soft break after every 75 characters, escapes kept whole.
func wrapped(_ text: String, _ lineEnd: String) -> String {
    var result = ""
    var column = 0
    var rest = Substring(text)
    while !rest.isEmpty {
        let piece = rest.prefix(rest.first == "=" ? 3 : 1)
        if column + piece.count > 75 {
            result += "=" + lineEnd
            column = 0
        }
        result += piece
        column += piece.count
        rest = rest.dropFirst(piece.count)
    }
    return result
}

func occurrences(of needle: [UInt8], in bytes: [UInt8]) -> [ByteRange] {
    guard bytes.count >= needle.count else { return [] }
    return (0...bytes.count - needle.count).filter { bytes[$0...].starts(with: needle) }.map {
        ByteRange($0, $0 + needle.count)
    }
}

/// Ascending, disjoint edits with replacements from the alphabet of URLs and a bit beyond.
func randomEdits(of content: [UInt8], _ random: inout Seeded) -> [ContentEdit] {
    var edits: [ContentEdit] = []
    var position = 0
    for link in 0..<Int.random(in: 0...8, using: &random) {
        guard position < content.count else { break }
        let start = Int.random(in: position...min(content.count, position + 60), using: &random)
        let end = Int.random(in: start...min(content.count, start + 20), using: &random)
        let replacement = [UInt8].random(
            of: ["click", ".acme", "=", "4", " ", "example", "\u{0}"],
            pieces: .random(in: 0...6, using: &random), &random)
        edits.append(ContentEdit(link: link, range: ByteRange(start, end), replacement: replacement))
        position = end + (start == end ? 1 : 0)
    }
    return edits
}

func expected(_ edits: [ContentEdit], _ content: [UInt8]) -> [UInt8]? {
    applied(edits.map { Edit($0.range, $0.replacement) }, to: content)
}
