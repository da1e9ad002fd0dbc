@testable import Rewriting

/// A transfer encoding with edits: what decodes from the edited bytes is the edited content.
enum TransferTarget {
    @Sendable static func quotedPrintable(_ input: inout Input) { run(&input, .quotedPrintable) }
    @Sendable static func base64(_ input: inout Input) { run(&input, .base64) }
    @Sendable static func identity(_ input: inout Input) { run(&input, .identity) }

    private static let pieces = [
        "click.acme.example", "=", "4", " ", "\n", "\u{0}", "", "s", "\u{e4}",
        "a-much-longer-host-name.with.many.labels.acme.example",
    ]

    private static func run(_ input: inout Input, _ encoding: TransferEncoding) {
        let choices = (0..<input.choice(6)).map { _ in
            (
                gap: input.choice(200), length: input.choice(40), text: input.choice(of: pieces),
                link: input.choice(3)
            )
        }
        let raw = input.remainder()
        raw.withBytes { bytes in
            let content = DecodedContent(raw: bytes, encoding: encoding)
            let decoded = content.withBytes(Array.init)
            requireAscendingRanges(content)
            let edits = edits(choices, decoded.count)
            let result = encode(edits, in: bytes, content: content) { line in
                (line.start..<line.end).filter { bytes[$0] == 0x20 || bytes[$0] == 0x09 }
            }
            requireApplicable(result.edits, to: raw.count)
            let kept = edits.filter { !result.refusedLinks.contains($0.link) }
            let expected = decoded.applying(kept.map { Edit($0.range, $0.replacement) })
            let new = raw.applying(result.edits)
            let newDecoded = new.withBytes {
                DecodedContent(raw: $0, encoding: encoding).withBytes(Array.init)
            }
            if encoding == .identity {
                require(withoutWhiteSpace(newDecoded) == withoutWhiteSpace(expected), "content differs")
            } else {
                require(newDecoded == expected, "\(shown(newDecoded)) instead of \(shown(expected))")
            }
            requireLineLengths(from: raw, to: new, encoding)
        }
    }

    private static func edits(
        _ choices: [(gap: Int, length: Int, text: String, link: Int)], _ count: Int
    ) -> [ContentEdit] {
        var edits: [ContentEdit] = []
        var position = 0
        for choice in choices {
            let start = min(position + choice.gap, count)
            let end = min(start + choice.length, count)
            edits.append(
                ContentEdit(
                    link: choice.link, range: ByteRange(start, end), replacement: Array(choice.text.utf8)))
            position = end + (start == end ? 1 : 0)
            if position > count { break }
        }
        return edits
    }

    private static func requireAscendingRanges(_ content: DecodedContent) {
        var last = ByteRange(0, 0)
        let step = max(1, content.count / 64)
        for index in stride(from: 0, to: content.count, by: step) {
            let range = content.rawRange(of: ByteRange(index, index + 1))
            require(
                range.start >= last.start && range.end >= range.start && range.end <= content.raw.count,
                "\(range) behind \(last)")
            last = range
        }
    }
}

/// Edits ascend, are disjoint and lie in bounds.
func requireApplicable(_ edits: [Edit], to count: Int, line: Int = #line) {
    var end = 0
    for edit in edits {
        require(
            isInside(edit.range, ByteRange(end, count)), "edit \(edit.range) behind \(end) of \(count)",
            line: line)
        end = edit.range.end
    }
}

func withoutWhiteSpace(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { !ASCII.isWhitespace($0) } }

/// Contract, "What never changes", 3.
func requireLineLengths(from old: [UInt8], to new: [UInt8], _ encoding: TransferEncoding?, line: Int = #line)
{
    let (before, after) = (lineLengths(old), lineLengths(new))
    // Base64 that knows no shorter lines may get another of their kind.
    let isEndless = encoding == .base64 && before.allSatisfy { $0 == 0 || $0 > 998 }
    require(
        isEndless || after.count { $0 > 998 } <= before.count { $0 > 998 },
        "lines of \(after.filter { $0 > 998 })", line: line)
    if encoding == .quotedPrintable, before.allSatisfy({ $0 <= 76 }) {
        require(after.allSatisfy { $0 <= 76 }, "lines of \(after.filter { $0 > 76 })", line: line)
    }
}

private func lineLengths(_ bytes: [UInt8]) -> [Int] {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    // A CR behind which no LF comes is none of a line's end.
    return lines.dropLast().map { $0.last == 0x0D ? $0.count - 1 : $0.count } + [lines.last?.count ?? 0]
}
