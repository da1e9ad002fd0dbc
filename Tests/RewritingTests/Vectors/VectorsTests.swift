import CVectors
import Testing

/// The loops in C, beside the plainest way to say the same.
@Suite struct VectorsTests {
    /// Bytes that come often in what is looked for, among others.
    private static func bytes(_ count: Int, of alphabet: String, _ random: inout Seeded) -> [UInt8] {
        let common = Array(alphabet.utf8)
        return (0..<count).map { _ in
            Int.random(in: 0..<4, using: &random) == 0
                ? UInt8.random(in: 0...255, using: &random) : common.randomElement(using: &random) ?? 0
        }
    }

    @Test func `a pair is found where it first stands`() {
        var random = Seeded(1)
        for count in 1...300 {
            let text = Self.bytes(count, of: "aaaaaaaaaaaaaa\n-", &random)
            let expected = (0..<count - 1).first { text[$0] == 0x0A && text[$0 + 1] == 0x2D } ?? count - 1
            #expect(index_of_pair(text, count, 0x0A, 0x2D) == expected, "\(text)")
        }
    }

    @Test func `bytes worth a look are found, each at its bit`() {
        func isWorthIt(_ previous: UInt8, _ byte: UInt8, _ next: UInt8, _ before: before_dot) -> Bool {
            let isDivider = (0x09...0x0D).contains(previous) || previous == 0x3A || previous == 0x3B
            switch byte {
            case UInt8(ascii: "\\"): return true
            case UInt8(ascii: "."): return [before.one, before.other].contains(previous & before.mask)
            case UInt8(ascii: "&"): return next != UInt8(ascii: "a") && next != UInt8(ascii: "n")
            case UInt8(ascii: "@"): return next != UInt8(ascii: "/")
            case UInt8(ascii: "/"):
                return next != UInt8(ascii: "/") && (isDivider || previous == UInt8(ascii: "/"))
            case UInt8(ascii: ":"):
                return next != UInt8(ascii: "/") && (isDivider || "psPS".utf8.contains(previous))
            default: return false
            }
        }
        var random = Seeded(2)
        var hits = 0
        for before in [
            before_dot(mask: ~0x20, one: 0x4B, other: 0x4B), before_dot(mask: ~0x20, one: 0x4B, other: 0x54),
            before_dot(mask: 0, one: 0, other: 0),
        ] {
            for blocks in 0..<20 {
                let text = Self.bytes(blocks * 64 + 2, of: "kK.t:/;@&anpsx\\\n", &random)
                var found = [UInt64](repeating: 0, count: blocks)
                text.withUnsafeBufferPointer { text in
                    guard let base = text.baseAddress else { return }
                    find_host_traces(base + 1, blocks, before, &found)
                }
                for index in 0..<blocks * 64 {
                    let isFound = found[index / 64] >> UInt64(index % 64) & 1 == 1
                    let expected = isWorthIt(text[index], text[index + 1], text[index + 2], before)
                    #expect(isFound == expected, "\(text[index...index + 2])")
                    hits += isFound ? 1 : 0
                }
            }
        }
        #expect(hits > 1000)
    }

    @Test func `lines of base64 are passed over as far as there is nothing in them`() {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let wanted = digit_pairs(
            first: (0x4C, 0x79, 0x73, 0), second: (0x6E, 0x35, 0x75, 0), other_second: (0x4E, 0x35, 0x75, 0))
        func isQuiet(_ line: ArraySlice<UInt8>, _ count: Int, _ ending: [UInt8]) -> Bool {
            let first = [wanted.first.0, wanted.first.1, wanted.first.2]
            let second = [wanted.second.0, wanted.second.1, wanted.second.2]
            let start = line.startIndex
            return Array(line[(start + count)...]) == ending
                && (0..<count).allSatisfy { index in
                    let (digit, next, place) = (line[start + index], line[start + index + 1], index % 4)
                    let isPair =
                        place < 3 && digit == first[place]
                        && (next == second[place] || place == 0 && next == wanted.other_second.0)
                    return digits.contains(digit) && !isPair
                }
        }
        var random = Seeded(3)
        var (stopped, passed) = (0, 0)
        for round in 0..<4000 {
            let count = [32, 36, 60, 64, 68, 76, 100, 128].randomElement(using: &random) ?? 76
            let ending: [UInt8] = round % 2 == 0 ? [0x0D, 0x0A] : [0x0A]
            let lines = 6
            var text: [UInt8] = []
            for _ in 0...lines {
                text += (0..<count).map { _ in digits.randomElement(using: &random) ?? 0 } + ending
            }
            // Something to be found, or something that is not a digit, or a line's end that is no such.
            if round % 3 > 0 {
                let place = Int.random(in: count + ending.count..<text.count - 1, using: &random)
                let pair: [[UInt8]] = [
                    [0x4C, 0x6E], [0x4C, 0x4E], [0x79, 0x35], [0x73, 0x75], [0x3D, 0x3D],
                ]
                text.replaceSubrange(place...place + 1, with: pair.randomElement(using: &random) ?? [])
            }
            let length = count + ending.count
            let expected =
                (1...lines).first { !isQuiet(text[$0 * length..<($0 + 1) * length], count, ending) }.map {
                    $0 - 1
                } ?? lines
            #expect(count_quiet_base64_lines(text, count, length, lines, [wanted], 1) == expected)
            if expected < lines { stopped += 1 } else { passed += 1 }
        }
        #expect(stopped > 500 && passed > 500)
        #expect(count_quiet_base64_lines([0x41, 0x0A, 0x41, 0x0A], 1, 2, 1, [wanted], 1) == 0)
    }
}
