/// Finds URLs with a scheme in running text (RFC 3986 appendix C): alone, among words, in `<…>`, in
/// quoted lines, before punctuation. Linear: no byte is looked at more than a few times.
struct TextLinks {
    /// A URL found in text.
    struct Found {
        /// From the scheme to the end of the URL, punctuation of the sentence left out.
        var range: ByteRange
        /// It stands in another URL.
        var isNested: Bool
    }

    private let text: Bytes
    private let end: Int
    /// The byte that is a no-break space, where the text is in a charset of single bytes.
    private let noBreakSpace: UInt8?
    private var position: Int
    /// Everything before was looked at for the start of the current word.
    private var scanned: Int
    /// The current word began as a URL, so that what follows in it is nested.
    private var wordIsURL = false

    init(_ text: Bytes, _ range: ByteRange, noBreakSpace: UInt8? = nil) {
        self.text = text
        self.noBreakSpace = noBreakSpace
        position = range.start
        scanned = range.start
        end = range.end
    }

    /// The next `http:` or `https:` URL.
    mutating func next() -> Found? {
        while let colon = text.firstIndex(of: UInt8(ascii: ":"), from: position, to: end) {
            position = colon + 1
            guard let start = schemeStart(before: colon) else { continue }
            guard colon + 1 < end, TextLinks.isSlash(text[colon + 1]) else { continue }
            let isNested = isInsideURL(start)
            scanned = start
            guard let range = url(from: start, colon: colon) else { continue }
            wordIsURL = true
            return Found(range: range, isNested: isNested)
        }
        return nil
    }

    /// Where `http` or `https` begins, if that is what stands before the colon.
    private func schemeStart(before colon: Int) -> Int? {
        if colon - 5 >= scanned, text.hasPrefix("https", at: colon - 5) { return colon - 5 }
        if colon - 4 >= scanned, text.hasPrefix("http", at: colon - 4) { return colon - 4 }
        return nil
    }

    /// Whether the word that `start` stands in makes the URL part of something else.
    private mutating func isInsideURL(_ start: Int) -> Bool {
        var word = start
        while word > scanned, !isWordEnd(before: word) { word -= 1 }
        if word > scanned || word == start && start > 0 && isWordStart(start) {
            wordIsURL = false
        }
        if word == start, isWordStart(start) { return false }
        if wordIsURL { return true }
        wordIsURL = hasURLPrefix(from: word, to: start)
        if wordIsURL { return true }
        switch text[start - 1] {
        case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "/"),
            UInt8(ascii: "&"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "%"),
            UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "^"):
            return true
        default:
            return ASCII.isAlphanumeric(text[start - 1])
        }
    }

    private func isWordStart(_ start: Int) -> Bool {
        start == 0 || isWordEnd(before: start)
    }

    /// Whether a URL, or something that carries URLs, begins in the stretch.
    private func hasURLPrefix(from start: Int, to stop: Int) -> Bool {
        for index in start..<stop {
            if text[index] == UInt8(ascii: ":") {
                if index > start, ASCII.isAlphanumeric(text[index - 1]), index + 2 < stop,
                    TextLinks.isSlash(text[index + 1]), TextLinks.isSlash(text[index + 2])
                {
                    return true
                }
                for scheme in ["mailto", "cid", "data", "javascript"] as [StaticString]
                where index - scheme.utf8CodeUnitCount >= start
                    && text.hasPrefix(scheme, at: index - scheme.utf8CodeUnitCount)
                {
                    return true
                }
            } else if text[index] == UInt8(ascii: "."), index - 3 >= start,
                text.hasPrefix("www", at: index - 3)
            {
                return true
            }
        }
        return false
    }

    /// The extent of a URL whose scheme's colon is at `colon`.
    private mutating func url(from start: Int, colon: Int) -> ByteRange? {
        var authority = colon + 1
        while authority < end, TextLinks.isSlash(text[authority]) { authority += 1 }
        var stop = authority
        var hasUserinfo = false
        while stop < end, !endsAuthority(at: stop) {
            if text[stop] == UInt8(ascii: "@") { hasUserinfo = true }
            stop += 1
        }
        if !hasUserinfo {
            // The authority ends where no host name or port goes on; what follows is the sentence's.
            let host = hostEnd(from: authority, to: stop)
            let port = portEnd(from: host, to: stop)
            if port < stop { stop = port }
            let isAtPath =
                stop < end && endsAuthority(at: stop) && !endsWord(at: stop)
            // A question mark behind which no query follows is punctuation.
            if !isAtPath || isPunctuationOnly(from: stop) {
                if host == port { stop = withoutFinalPunctuation(authority, stop) }
                if stop == authority { return nil }
                position = stop
                return ByteRange(start, stop)
            }
        }
        stop = wordEnd(from: stop)
        position = stop
        while stop > authority, TextLinks.isTrailingPunctuation(text[stop - 1]) { stop -= 1 }
        return ByteRange(start, stop)
    }

    /// Where the host ends if no path follows: a final dot is the sentence's, and so is what is not ASCII
    /// (`。`, `）`, the next word of a language without spaces), which no domain that we look for ends in.
    private func withoutFinalPunctuation(_ start: Int, _ stop: Int) -> Int {
        var stop = stop
        while stop > start, text[stop - 1] == UInt8(ascii: ".") || text[stop - 1] >= 0x80 { stop -= 1 }
        return stop
    }

    /// Whether the word goes on with `?`, `!` and the like alone.
    private func isPunctuationOnly(from start: Int) -> Bool {
        guard text[start] == UInt8(ascii: "?") else { return false }
        var index = start
        while index < end, !endsWord(at: index) {
            if !TextLinks.isTrailingPunctuation(text[index]) { return false }
            index += 1
        }
        return true
    }

    private func hostEnd(from start: Int, to stop: Int) -> Int {
        var index = start
        while index < stop {
            let byte = text[index]
            guard
                ASCII.isAlphanumeric(byte) || byte >= 0x80 || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "%")
            else { break }
            index += 1
        }
        return index
    }

    private func portEnd(from colon: Int, to stop: Int) -> Int {
        guard colon < stop, text[colon] == UInt8(ascii: ":") else { return colon }
        var index = colon + 1
        while index < stop, ASCII.isDigit(text[index]) { index += 1 }
        // A port may be empty, but what ends a sentence is a colon.
        if index == colon + 1 {
            return index == stop && stop < end && TextLinks.isSlash(text[stop]) ? index : colon
        }
        return index
    }

    private static func isSlash(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    private func endsAuthority(at index: Int) -> Bool {
        let byte = text[index]
        return endsWord(at: index) || TextLinks.isSlash(byte) || byte == UInt8(ascii: "?")
            || byte == UInt8(ascii: "#")
    }

    /// Where the word ends that goes on at `start`.
    private func wordEnd(from start: Int) -> Int {
        guard let base = text.baseAddress else { return start }
        var position = start
        while position &+ 16 <= end {
            let bytes = UnsafeRawPointer(base + position).loadUnaligned(as: SIMD16<UInt8>.self)
            // What `endsWord(at:)` looks closer at. For the types see `areNotPrintable(_:)`.
            let mayBeEnd =
                (bytes .<= SIMD16<UInt8>(repeating: 0x20)) .| (bytes .>= SIMD16<UInt8>(repeating: 0x7F))
                .| (bytes & SIMD16<UInt8>(repeating: 0xFD) .== SIMD16<UInt8>(repeating: 0x3C))
                .| (bytes .== SIMD16<UInt8>(repeating: 0x22))
            guard let lane = Bytes.firstLane(mayBeEnd) else {
                position &+= 16
                continue
            }
            position &+= lane
            if endsWord(at: position) { return position }
            position &+= 1
        }
        while position < end, !endsWord(at: position) { position &+= 1 }
        return position
    }

    @inline(__always)
    private func endsWord(at index: Int) -> Bool {
        let byte = text[index]
        return ASCII.isOne(of: TextLinks.wordEnds, byte)
            || byte >= 0x7F && (byte == 0x7F || spaceLength(at: index) > 0)
    }

    @inline(__always)
    private func isWordEnd(before index: Int) -> Bool {
        let byte = text[index - 1]
        if byte < 0x7F { return ASCII.isOne(of: TextLinks.wordEnds, byte) }
        return byte == 0x7F || (1...3).contains { index >= $0 && spaceLength(at: index - $0) == $0 }
    }

    /// How many bytes the white space takes that begins at `index` and is not ASCII: 0 where none does.
    @inline(never)
    private func spaceLength(at index: Int) -> Int {
        guard index + 1 < end, text[index] >= 0x80 else { return text[index] == noBreakSpace ? 1 : 0 }
        let second = text[index + 1]
        if text[index] == 0xC2, second == 0xA0 { return 2 }
        if index + 2 < end {
            switch (text[index], second, text[index + 2]) {
            case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
                (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
                return 3
            default: break
            }
        }
        return text[index] == noBreakSpace ? 1 : 0
    }

    /// White space of ASCII, and the delimiters of RFC 3986 appendix C.
    private static let wordEnds: UInt64 = 0x1_FFFF_FFFF | 1 << 0x22 | 1 << 0x3C | 1 << 0x3E

    private static func isTrailingPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "!"),
            UInt8(ascii: "?"), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"),
            UInt8(ascii: "*"), UInt8(ascii: "`"), UInt8(ascii: "|"):
            true
        default: false
        }
    }
}

extension LinkCollector {
    /// Takes running text: the URLs in it, and every mention besides.
    mutating func runningText(
        _ text: DecodedText, place: String, escaping: LinkEscaping
    ) {
        var spans: [ByteRange] = []
        text.bytes.withUnsafeBufferPointer { bytes in
            var links = TextLinks(bytes, ByteRange(0, bytes.count), noBreakSpace: noBreakSpace)
            while let found = links.next() {
                if !found.isNested { spans.append(found.range) }
            }
        }
        var position = 0
        for span in spans {
            mentions(
                in: text.slice(ByteRange(position, span.start)), place: place, reason: .notALink)
            url(text.slice(span), place: place, escaping: escaping)
            position = span.end
        }
        mentions(
            in: position == 0 ? text : text.slice(ByteRange(position, text.bytes.count)), place: place,
            reason: .notALink)
    }

    /// Takes a text/plain part. Nothing is copied but the links that may be ours.
    mutating func plainText(_ view: Bytes) {
        let literals = Mentions.find(in: view, ByteRange(0, view.count), hosts: hosts)
        reserve(literals.count)
        var next = 0
        func hasLiteral(_ range: ByteRange) -> Bool {
            next < literals.count && literals[next].start < range.end
        }
        var links = TextLinks(view, ByteRange(0, view.count), noBreakSpace: noBreakSpace)
        while let found = links.next() {
            if found.isNested { continue }
            while hasLiteral(ByteRange(0, found.range.start)) {
                mention(literals[next], in: view, place: "text", reason: .notALink)
                next += 1
            }
            guard hasLiteral(found.range) || showsAllLinks || hasDisguise(view, found.range) else { continue }
            let isOnlyLiteral =
                isPlainCharset && !showsAllLinks && hasLiteral(found.range)
                && (next + 1 == literals.count || literals[next + 1].start >= found.range.end)
            if !isOnlyLiteral
                || !plainURL(found.range, of: view, hasReferences: false, place: "text")
            {
                url(DecodedText(verbatim: found.range, of: view), place: "text", escaping: .none)
            }
            while hasLiteral(found.range) { next += 1 }
        }
        for literal in literals[next...] {
            mention(literal, in: view, place: "text", reason: .notALink)
        }
    }

    /// Whether a host in the stretch could be written otherwise than literally.
    private func hasDisguise(_ view: Bytes, _ range: ByteRange) -> Bool {
        view[range.start..<range.end].contains { $0 >= 0x80 || $0 == UInt8(ascii: "%") }
    }
}
