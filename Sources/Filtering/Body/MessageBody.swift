import Rewriting

/// The body of a message while it comes: in memory, or from some size on in an unlinked file, so that what is sent
/// does not decide how much memory we take.
struct MessageBody {
    /// Bodies with more bytes go into a file.
    static let memoryLimit = 1 << 20

    private var memory: [UInt8] = []
    private var file: UnlinkedFile?
    /// What went wrong; the rest of the body is not kept then.
    private(set) var error: BodyError?

    /// Whether it is one of those that are worked on under ``LargeMessages``.
    var isLarge: Bool { file != nil }

    /// Takes the next piece.
    mutating func append(_ piece: UnsafeRawBufferPointer) {
        if error != nil { return }
        if file == nil, memory.count + piece.count <= Self.memoryLimit {
            memory.append(contentsOf: piece)
            return
        }
        do {
            let file = try self.file ?? memory.withUnsafeBytes(Self.moved)
            self.file = file
            memory = []
            try file.append(piece)
        } catch {
            drop()
            self.error = error as? BodyError
        }
    }

    /// Forgets it all.
    mutating func drop() {
        memory = []
        file = nil
    }

    /// Looks at the whole body.
    func withBytes<Result>(_ use: (UnsafeRawBufferPointer) -> Result) throws(BodyError) -> Result {
        if let file { return try file.withBytes(use) }
        return memory.withUnsafeBytes(use)
    }

    /// The body with edits made. That of a large one is in a file as well.
    func applying(_ edits: [Edit]) throws(BodyError) -> NewBody {
        guard let file else { return NewBody(memory, edits) }
        let output = try UnlinkedFile()
        var failure: BodyError?
        try file.withBytes { bytes in
            _ = bytes.applying(edits, inPiecesOf: NewBody.pieceSize) { piece in
                do throws(BodyError) {
                    try output.append(piece)
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
        }
        if let failure { throw failure }
        return NewBody(output)
    }

    private static func moved(_ bytes: UnsafeRawBufferPointer) throws(BodyError) -> UnlinkedFile {
        let file = try UnlinkedFile()
        try file.append(bytes)
        return file
    }
}
