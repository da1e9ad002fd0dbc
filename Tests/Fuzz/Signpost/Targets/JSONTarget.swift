@testable import Rewriting

/// JSON-LD.
enum JSONTarget {
    @Sendable static func run(_ input: inout Input) {
        requireStable(input.remainder()) { bytes, collector in
            collector.json(bytes, ByteRange(0, bytes.count), place: "script")
        }
    }
}
