/// The value of a string in markup with its escapes resolved, and for each byte the place in the view
/// that it came from.
struct DecodedText {
    /// Where escapes were resolved this is UTF-8; other bytes are the view's.
    private(set) var bytes: [UInt8]
    /// View offset of each byte's source; one more entry for the end. Empty where nothing was resolved:
    /// then byte `i` stands at `base + i`.
    private var origins: [Int] = []
    private var base: Int

    /// Text that stands in the view as it is.
    init(verbatim range: ByteRange, of view: Bytes) {
        bytes = view.copy(range)
        base = range.start
    }

    /// No text yet, to be filled with `append`.
    init(at start: Int, capacity: Int) {
        bytes = []
        base = start
        bytes.reserveCapacity(capacity)
        origins.reserveCapacity(capacity + 1)
    }

    /// Adds bytes that all come from the same place.
    mutating func append(_ characters: some Collection<UInt8>, from origin: Int) {
        for character in characters { append(character, from: origin) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8, from origin: Int) {
        bytes.append(byte)
        origins.append(origin)
    }

    /// Ends a text that was filled with `append`.
    mutating func finish(at end: Int) {
        origins.append(end)
    }

    /// The view offset where the source of byte `index` begins; `count` gives the end.
    func origin(of index: Int) -> Int {
        origins.isEmpty ? base + index : origins[index]
    }

    /// The stretch of the view that the bytes of `range` came from.
    func viewRange(of range: ByteRange) -> ByteRange {
        ByteRange(origin(of: range.start), origin(of: range.end))
    }

    /// The part of the text in `range`, with its own origins.
    func slice(_ range: ByteRange) -> DecodedText {
        var part = self
        part.bytes = Array(bytes[range.start..<range.end])
        if origins.isEmpty {
            part.base = base + range.start
        } else {
            part.origins = Array(origins[range.start...range.end])
        }
        return part
    }

    /// Text that was decoded from this one's bytes (a second layer of escapes), with origins in the view.
    func composed(with inner: DecodedText) -> DecodedText {
        var result = DecodedText(at: base, capacity: inner.bytes.count)
        for index in inner.bytes.indices {
            result.append(inner.bytes[index], from: origin(of: inner.origin(of: index)))
        }
        result.finish(at: origin(of: inner.origin(of: inner.bytes.count)))
        return result
    }
}
