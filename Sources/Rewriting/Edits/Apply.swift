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
