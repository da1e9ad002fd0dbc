import Testing

@testable import Rewriting

/// What the fuzzers of `Tests/Fuzz` found, each by the name of what was wrong.
@Suite struct `Found by fuzzing` {
    /// `raw` with `edits` made as the pipeline makes them.
    private func edited(
        _ raw: String, _ edits: [(ClosedRange<Int>?, at: Int, String)], _ encoding: TransferEncoding
    ) -> String {
        let content = edits.enumerated().map { index, edit in
            let range =
                edit.0.map { ByteRange($0.lowerBound, $0.upperBound + 1) } ?? ByteRange(edit.at, edit.at)
            return ContentEdit(link: index, range: range, replacement: Array(text: edit.2))
        }
        let raw = Array(text: raw)
        return applied(encoded(content, in: raw, encoding).edits, to: raw).map {
            String(decoding: $0, as: UTF8.self)
        } ?? "?"
    }

    @Test func `text added behind a line end that goes is on the line before`() {
        let long = String(repeating: "x", count: 60)
        let result = edited("\n", [(0...0, at: 0, long), (nil, at: 1, long)], .quotedPrintable)
        #expect(lines(Array(text: result)).allSatisfy { $0.count <= 76 })
        #expect(decoded(Array(text: result), .quotedPrintable).bytes == Array(text: long + long))
    }

    @Test func `white space at a line's end that leaves no room gets a line of its own`() {
        let blanks = String(repeating: "\t", count: 74)
        let result = edited("=3" + blanks, [(nil, at: 2, "\u{0}")], .quotedPrintable)
        #expect(lines(Array(text: result)).allSatisfy { $0.count <= 76 })
        #expect(decoded(Array(text: result), .quotedPrintable).bytes == Array(text: "=3\u{0}"))
    }

    @Test func `text put between CR and LF keeps the white space before them away`() {
        let result = edited("a\t\t\r\nb", [(nil, at: 2, "x")], .quotedPrintable)
        #expect(decoded(Array(text: result), .quotedPrintable).bytes == Array(text: "a\rx\nb"))
    }

    @Test func `a base64 line beyond 998 does not let its neighbour grow beyond`() {
        let bytes = [UInt8](repeating: 7, count: 1526)
        let long = base64(bytes, width: 1040).split(separator: 0x0A).map { Array($0) + [0x0A] }
        let edit = ContentEdit(link: 0, range: ByteRange(0, 1), replacement: Array(text: "click"))
        let raw = long.flatMap(\.self)
        let result = applied(encoded([edit], in: raw, .base64).edits, to: raw) ?? []
        #expect(lines(raw).count { $0.count > 998 } == 1)
        #expect(lines(result).count { $0.count > 998 } <= 1)
        #expect(decoded(result, .base64).bytes == Array(text: "click") + bytes.dropFirst())
    }

    /// A text of `low` characters as in UTF-16LE, of `high` as in UTF-16BE.
    private func mixed(low: String, high: String) -> [UInt8] {
        low.utf8.flatMap { [$0, 0] } + high.utf8.flatMap { [0, $0] }
    }

    @Test func `the byte order of UTF-16 without a mark is not tipped by an edit`() {
        let link = " http://track.relay.example/ "
        for count in 0...80 {
            let text = mixed(low: link + link + link, high: link + String(repeating: "x", count: count))
            let message = Array(text: "Content-Type: text/plain; charset=utf-16\n\n") + text
            let once = Rewritten(message: message)
            guard let raw = RawMessage(message), !once.result.rewritten.isEmpty else { continue }
            #expect(Rewritten(message: raw.applying(once.result)).result.bodyEdits == [], "\(count)")
        }
    }

    /// Seconds that a message takes.
    private func time(_ message: String) -> Duration {
        let bytes = Array(text: message)
        return ContinuousClock().measure { _ = Rewritten(message: bytes) }
    }

    @Test(arguments: [
        ("attributes", "Content-Type: text/html\n\n<a ", "=&#97; ", ">"),
        ("repeated attributes", "Content-Type: text/html\n\n<a ", "=1 href=%61 ", ">"),
        ("encoded words", "X: ", "=?a?q?", "\n\n"),
        ("words in no encoding", "X: ", "=?a?x? and some more text of it ", "?=\n\n"),
    ])
    func `time grows with the size alone`(_ what: String, _ start: String, _ piece: String, _ end: String) {
        func message(_ count: Int) -> String {
            start + (0..<count).map { "x\($0)" + piece }.joined() + end
        }
        let few = time(message(4000))
        let many = time(message(40_000))
        #expect(many < few * 60 + .seconds(1), "\(what): \(few), and \(many) for ten times as much")
    }
}
