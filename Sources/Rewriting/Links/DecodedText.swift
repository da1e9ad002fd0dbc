/// The value of a string in markup with its escapes resolved, and for each byte the place in the view
/// that it came from.
struct DecodedText {
    /// Where escapes were resolved this is UTF-8; other bytes are the view's.
    private(set) var bytes: [UInt8]
    /// Where a stretch begins whose bytes stand in the view one behind the other.
    private struct Run {
        /// Index of its first byte in `bytes`.
        var index: Int
        /// The place in the view of the first byte's source.
        var origin: Int
    }

    /// The first run; a text in which nothing was resolved has no other.
    private var base: Int
    /// The second run: a URL with one `&amp;` has no other, and needs no array for it.
    private var second: Run?
    /// The runs behind it, ascending; the last one may begin at the end.
    private var runs: [Run] = []
    /// All bytes are the view's own. What was left out between them is part of none.
    private var isExcerpt = false

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
    }

    /// No text yet, to be filled with bytes as they are, of which some are left out.
    init(excerptFrom start: Int, capacity: Int) {
        self.init(at: start, capacity: capacity)
        isExcerpt = true
    }

    /// Adds bytes that all come from the same place.
    mutating func append(_ characters: some Collection<UInt8>, from origin: Int) {
        for character in characters { append(character, from: origin) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8, from origin: Int) {
        place(origin)
        bytes.append(byte)
    }

    /// Adds bytes of the view as they are.
    mutating func append(verbatim range: ByteRange, of view: Bytes) {
        guard !range.isEmpty else { return }
        place(range.start)
        bytes.append(contentsOf: Bytes(rebasing: view[range.start..<range.end]))
    }

    /// Ends a text that was filled with `append`.
    mutating func finish(at end: Int) {
        place(end)
    }

    /// Notes where the next byte comes from.
    @inline(__always)
    private mutating func place(_ origin: Int) {
        if bytes.isEmpty {
            base = origin
        } else if origin != lastRun.origin + bytes.count - lastRun.index {
            add(Run(index: bytes.count, origin: origin))
        }
    }

    private mutating func add(_ run: Run) {
        if second == nil { second = run } else { runs.append(run) }
    }

    @inline(__always)
    private var lastRun: Run { runs.last ?? second ?? Run(index: 0, origin: base) }

    /// The view offset where the source of byte `index` begins; `count` gives the end.
    func origin(of index: Int) -> Int {
        guard let second, second.index <= index else { return base + index }
        let next = firstRun(behind: index)
        let run = next == 0 ? second : runs[next - 1]
        return run.origin + index - run.index
    }

    /// Which of `runs` is the first that begins behind byte `index`.
    private func firstRun(behind index: Int) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].index <= index { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The stretch of the view that the bytes of `range` came from.
    func viewRange(of range: ByteRange) -> ByteRange {
        if isExcerpt, !range.isEmpty {
            return ByteRange(origin(of: range.start), origin(of: range.end - 1) + 1)
        }
        return ByteRange(origin(of: range.start), origin(of: range.end))
    }

    /// The part of the text in `range`, with its own origins.
    func slice(_ range: ByteRange) -> DecodedText {
        if range.start == 0, range.end == bytes.count { return self }
        var part = DecodedText(at: origin(of: range.start), capacity: 0)
        part.bytes = Array(bytes[range.start..<range.end])
        part.isExcerpt = isExcerpt
        if let second, second.index > range.start, second.index <= range.end {
            part.add(Run(index: second.index - range.start, origin: second.origin))
        }
        for run in runs[firstRun(behind: range.start)..<firstRun(behind: range.end)] {
            part.add(Run(index: run.index - range.start, origin: run.origin))
        }
        return part
    }

    /// Text that was decoded from this one's bytes (a second layer of escapes), with origins in the view.
    func composed(with inner: DecodedText) -> DecodedText {
        if second == nil {
            var result = inner
            result.base += base
            result.second?.origin += base
            for index in result.runs.indices { result.runs[index].origin += base }
            return result
        }
        var result = DecodedText(at: base, capacity: inner.bytes.count)
        for index in inner.bytes.indices {
            result.append(inner.bytes[index], from: origin(of: inner.origin(of: index)))
        }
        result.finish(at: origin(of: inner.origin(of: inner.bytes.count)))
        return result
    }
}
