import Rewriting
import Synchronization

/// The body of a message while it comes: in memory, or in an unlinked file where it is large or where many are, so that
/// what is sent does not decide how much memory we take.
final class MessageBody {
    /// Bodies up to this size are in memory always, …
    static let smallSize = 256 << 10
    /// … larger ones never, …
    static let largeSize = 4 << 20
    /// … and those in between as long as they are no more than this together.
    static let memoryBudget = 32 << 20

    /// What those in between have of their budget.
    private static let inMemory = Atomic<Int>(0)

    private var memory = ByteBuffer()
    private var file: UnlinkedFile?
    /// This body's part of ``inMemory``.
    private var share = 0
    /// What went wrong; the rest of the body is not kept then.
    private(set) var error: BodyError?

    deinit { giveBackShare() }

    /// Whether it is in a file.
    var isInFile: Bool { file != nil }

    /// Whether it is one of those that are worked on under ``LargeMessages``.
    var isLarge: Bool { file != nil || memory.count > Self.smallSize }

    /// How many bytes it has so far.
    var count: Int { file?.count ?? memory.count }

    /// Takes the next piece.
    func append(_ piece: UnsafeRawBufferPointer) {
        if error != nil { return }
        do throws(BodyError) {
            if file == nil, !mayHold(memory.count + piece.count) { try moveToFile() }
            if let file {
                try file.append(piece)
            } else if !memory.append(piece) {
                try moveToFile()
                try file?.append(piece)
            }
        } catch {
            drop()
            self.error = error
        }
    }

    /// Forgets it all.
    func drop() {
        memory = ByteBuffer()
        file = nil
        giveBackShare()
    }

    /// Looks at the whole body.
    func withBytes<Result>(_ use: (UnsafeRawBufferPointer) -> Result) throws(BodyError) -> Result {
        if let file { return try file.withBytes(use) }
        return withExtendedLifetime(memory) { use(memory.bytes) }
    }

    /// The body with edits made. That of a large one is in a file, too.
    func applying(_ edits: [Edit]) throws(BodyError) -> NewBody {
        guard let file else { return NewBody(self, edits) }
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

    /// Whether `count` bytes may be in memory.
    private func mayHold(_ count: Int) -> Bool {
        if count <= Self.smallSize { return true }
        if count > Self.largeSize { return false }
        let more = count - share
        let (_, total) = Self.inMemory.add(more, ordering: .relaxed)
        share += more
        return total <= Self.memoryBudget
    }

    private func giveBackShare() {
        if share > 0 { Self.inMemory.subtract(share, ordering: .relaxed) }
        share = 0
    }

    private func moveToFile() throws(BodyError) {
        let file = try UnlinkedFile()
        try file.append(memory.bytes)
        drop()
        self.file = file
    }
}
