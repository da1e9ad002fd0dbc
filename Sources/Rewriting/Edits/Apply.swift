extension [UInt8] {
    /// The bytes with edits made, which are disjoint and ascending.
    public func applying(_ edits: [Edit]) -> [UInt8] {
        withUnsafeBytes { $0.applying(edits) }
    }
}

extension UnsafeRawBufferPointer {
    /// A copy of the bytes with edits made, which are disjoint and ascending.
    public func applying(_ edits: [Edit]) -> [UInt8] {
        let growth = edits.reduce(0) { $0 + $1.replacement.count - $1.range.count }
        return [UInt8](unsafeUninitializedCapacity: Swift.max(0, count + growth)) { output, written in
            var position = 0
            var target = 0
            let destination = UnsafeMutableRawBufferPointer(output)
            func put(_ source: UnsafeRawBufferPointer) {
                if source.isEmpty { return }
                destination[target..<target + source.count].copyBytes(from: source)
                target += source.count
            }
            for edit in edits {
                put(UnsafeRawBufferPointer(rebasing: self[position..<edit.range.start]))
                edit.replacement.withUnsafeBytes(put)
                position = edit.range.end
            }
            put(UnsafeRawBufferPointer(rebasing: self[position..<count]))
            written = target
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Gives out the bytes with edits made, which are disjoint and ascending, in pieces of at most `size` bytes, until
    /// `give` says no.
    ///
    /// - Returns: whether all pieces were taken. Nothing at all has no pieces.
    public func applying(
        _ edits: [Edit], inPiecesOf size: Int, _ give: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var piece = Piece(buffer: buffer)
        var position = 0
        for index in edits.indices {
            let range = edits[index].range
            guard piece.take(UnsafeRawBufferPointer(rebasing: self[position..<range.start]), give),
                edits[index].replacement.withUnsafeBytes({ piece.take($0, give) })
            else { return false }
            position = range.end
        }
        guard piece.take(UnsafeRawBufferPointer(rebasing: self[position..<count]), give) else { return false }
        return piece.filled == 0 || give(UnsafeRawBufferPointer(rebasing: buffer[..<piece.filled]))
    }
}

/// A piece of the output that is not full yet.
private struct Piece {
    let buffer: UnsafeMutableRawBufferPointer
    private(set) var filled = 0

    init(buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

    /// Adds bytes, and gives out each piece that is full with them, without a copy where they make one alone.
    mutating func take(_ source: UnsafeRawBufferPointer, _ give: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        var rest = source
        while !rest.isEmpty {
            if filled == 0, rest.count >= buffer.count {
                if !give(UnsafeRawBufferPointer(rebasing: rest[..<buffer.count])) { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[buffer.count...])
                continue
            }
            let part = Swift.min(buffer.count - filled, rest.count)
            buffer[filled..<filled + part].copyBytes(from: rest[..<part])
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
            filled += part
            if filled == buffer.count {
                filled = 0
                if !give(UnsafeRawBufferPointer(buffer)) { return false }
            }
        }
        return true
    }
}
