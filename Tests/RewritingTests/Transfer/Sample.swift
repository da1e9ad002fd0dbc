@testable import Rewriting

/// Pseudo-random numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension Array where Element == UInt8 {
    init(text: String) { self = Array(text.utf8) }

    /// Random pieces of `alphabet`, glued.
    static func random(of alphabet: [String], pieces: Int, _ random: inout Seeded) -> [UInt8] {
        (0..<pieces).flatMap { _ in Array((alphabet.randomElement(using: &random) ?? "").utf8) }
    }
}

/// The decoded bytes of `raw`, with what one wants to know about them.
func decoded(_ raw: [UInt8], _ encoding: TransferEncoding) -> (
    bytes: [UInt8], isDamaged: Bool, ranges: [ByteRange]
) {
    raw.withUnsafeBufferPointer { raw in
        let content = DecodedContent(raw: raw, encoding: encoding)
        let ranges = (0..<content.count).map { content.rawRange(of: ByteRange($0, $0 + 1)) }
        return (content.withBytes { Array($0) }, content.isDamaged, ranges)
    }
}

/// `raw` after `edits`, which are checked to be ascending and disjoint.
func applied(_ edits: [Edit], to raw: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    var position = 0
    for edit in edits {
        guard edit.range.start >= position, edit.range.end >= edit.range.start, edit.range.end <= raw.count
        else {
            return nil
        }
        result += raw[position..<edit.range.start] + edit.replacement
        position = edit.range.end
    }
    return result + raw[position...]
}

/// Encodes `edits` as the pipeline does.
func encoded(
    _ edits: [ContentEdit], in raw: [UInt8], _ encoding: TransferEncoding, breaksAt: [Int] = []
) -> EncodedEdits {
    raw.withUnsafeBufferPointer { raw in
        encode(edits, in: raw, content: DecodedContent(raw: raw, encoding: encoding)) { range in
            breaksAt.filter { $0 >= range.start && $0 < range.end }
        }
    }
}

/// The lines of `raw` without their ends.
func lines(_ raw: [UInt8]) -> [[UInt8]] {
    raw.split(separator: 0x0A, omittingEmptySubsequences: false).map {
        $0.last == 0x0D ? Array($0.dropLast()) : Array($0)
    }
}
