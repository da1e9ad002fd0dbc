import CSignpostPlugin

/// Texts in memory that plugins may borrow as long as the arena lives.
final class TextArena: @unchecked Sendable {  // filled by its owner before anyone else sees it
    private var texts: [UnsafeMutablePointer<CChar>] = []
    private var lists: [UnsafeMutablePointer<signpost_string>] = []

    /// A copy of `text`. Never NULL, not even for an empty one: NULL means that there is none.
    func string(_ text: String) -> signpost_string {
        let utf8 = text.utf8
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: utf8.count + 1)
        for (index, byte) in utf8.enumerated() { copy[index] = CChar(bitPattern: byte) }
        copy[utf8.count] = 0  // for those who did not read that there is none
        texts.append(copy)
        return signpost_string(bytes: copy, length: utf8.count)
    }

    /// A copy of a list of texts.
    func list(_ items: [String]) -> (UnsafePointer<signpost_string>, Int) {
        let copy = UnsafeMutablePointer<signpost_string>.allocate(capacity: max(1, items.count))
        for (index, item) in items.enumerated() { (copy + index).initialize(to: string(item)) }
        lists.append(copy)
        return (UnsafePointer(copy), items.count)
    }

    deinit {
        for text in texts { text.deallocate() }
        for list in lists { list.deallocate() }
    }
}

/// What a plugin writes to a sink: up to a limit, and never past its own memory.
struct TextCollector {
    var bytes: [UInt8] = []
    private(set) var isTooLong = false
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Forgets what was written, for the next plugin.
    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        isTooLong = false
    }

    fileprivate mutating func append(_ piece: UnsafeRawBufferPointer) -> CInt {
        guard !isTooLong, piece.count <= limit - bytes.count else {
            isTooLong = true
            return 1
        }
        bytes.append(contentsOf: piece)
        return 0
    }

    /// The text as a sentence that may stand in a log; nil where it is empty, too long or not printable.
    var sentence: String? {
        guard !bytes.isEmpty, !isTooLong, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension signpost_sink {
    /// A sink that fills `collector`, as long as that pointer is good.
    init(_ collector: UnsafeMutablePointer<TextCollector>) {
        self.init(size: MemoryLayout<signpost_sink>.size, host: collector, write: writeToCollector)
    }
}

private func writeToCollector(
    _ sink: UnsafePointer<signpost_sink>?, _ bytes: UnsafePointer<CChar>?, _ length: Int
) -> CInt {
    guard let collector = sink?.pointee.host?.assumingMemoryBound(to: TextCollector.self) else { return 1 }
    // A length beyond Int.max arrives as a negative one; either way the text is refused as too long.
    guard length > 0 else { return length == 0 ? 0 : collector.pointee.refuse() }
    guard let bytes else { return collector.pointee.refuse() }
    return collector.pointee.append(UnsafeRawBufferPointer(start: bytes, count: length))
}

extension TextCollector {
    fileprivate mutating func refuse() -> CInt {
        isTooLong = true
        return 1
    }
}
