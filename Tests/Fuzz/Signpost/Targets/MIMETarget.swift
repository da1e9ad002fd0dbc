@testable import Rewriting

/// The MIME structure of a message: every range inside the body, ascending, disjoint.
enum MIMETarget {
    @Sendable static func run(_ input: inout Input) {
        let bytes = input.remainder()
        guard let message = RawMessage(bytes) else { return }
        for field in message.fields {
            _ = field.value.withBytes { EncodedWords.decode($0).bytes }
            _ = TransferEncoding(field.unfoldedValue)
        }
        let body = Array(bytes[message.bodyStart...])
        let structure = body.withBytes { MIMEScanner.scan(fields: message.fields, body: $0) }
        var ranges = structure.gaps.map(\.range) + structure.containerHeaders.map(\.range)
        for leaf in structure.leaves {
            ranges += [leaf.headerRange, leaf.content]
            require(
                leaf.protection.map { structure.protected.indices.contains($0) } ?? true,
                "protection out of range")
        }
        require(structure.leaves.count <= MIMELimits.parts + 1, "too many parts")
        var end = 0
        for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.start < $1.start }) {
            require(isInside(range, ByteRange(end, body.count)), "\(range) behind \(end) of \(body.count)")
            end = range.end
        }
    }
}
