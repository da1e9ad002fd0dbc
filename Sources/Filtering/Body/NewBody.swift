import Rewriting

/// A body to take the place of a message's, which is given out piece by piece: it is nowhere whole in memory, unless
/// the old one is.
public struct NewBody {
    /// How many bytes a piece has at most: what libmilter puts into one packet (MILTER_CHUNK_SIZE).
    static let pieceSize = 65535

    private enum Content {
        case bytes([UInt8])
        case edited(MessageBody, [Edit])
        case file(UnlinkedFile)
    }

    private let content: Content

    /// These bytes.
    public init(_ bytes: [UInt8]) { content = .bytes(bytes) }

    /// A body in memory with edits made, which are disjoint and ascending.
    init(_ body: MessageBody, _ edits: [Edit]) { content = .edited(body, edits) }

    /// What is in the file.
    init(_ file: UnlinkedFile) { content = .file(file) }

    /// How many bytes it has.
    public var count: Int {
        switch content {
        case .bytes(let bytes): bytes.count
        case .edited(let body, let edits):
            edits.reduce(body.count) { $0 + $1.replacement.count - $1.range.count }
        case .file(let file): file.count
        }
    }

    /// Gives out the pieces in their order, until `give` says no. An empty body has none.
    ///
    /// - Returns: whether all were taken.
    public func forEachPiece(_ give: (UnsafeRawBufferPointer) -> Bool) throws(BodyError) -> Bool {
        switch content {
        case .bytes(let bytes):
            bytes.withUnsafeBytes { $0.applying([], inPiecesOf: Self.pieceSize, give) }
        case .edited(let body, let edits):
            try body.withBytes { $0.applying(edits, inPiecesOf: Self.pieceSize, give) }
        case .file(let file): try file.forEachPiece(of: Self.pieceSize, give)
        }
    }
}
