@testable import Rewriting

/// The tokenizer: tokens ascend and stay in bounds, twice gives the same. Then the links of the whole.
enum HTMLTarget {
    @Sendable static func run(_ input: inout Input) {
        let isAMP = input.choice(2) == 1
        let html = input.remainder()
        let tokens = html.withBytes { bytes in
            var recorder = TokenRecorder(bytes)
            HTMLTokenizer.tokenize(ByteRange(0, bytes.count), of: bytes, into: &recorder)
            var again = TokenRecorder(bytes)
            HTMLTokenizer.tokenize(ByteRange(0, bytes.count), of: bytes, into: &again)
            require(recorder.ranges == again.ranges, "not the same tokens twice")
            var quiet = TokenRecorder(bytes, isQuiet: true)
            HTMLTokenizer.tokenize(ByteRange(0, bytes.count), of: bytes, into: &quiet)
            require(recorder.notStartTags == quiet.notStartTags, "a tag that is not told ends elsewhere")
            let breaks = BreakOpportunities.find(in: bytes)
            require(breaks.allSatisfy { bytes[$0] == 0x20 || bytes[$0] == 0x09 }, "break at no white space")
            require(
                zip(breaks, breaks.dropFirst()).allSatisfy { $0 <= $1 }, "breaks do not ascend: \(breaks)")
            return recorder.ranges.count
        }
        require(tokens <= html.count, "more tokens than bytes")
        requireStable(html) { bytes, collector in
            HTMLLinks.collect(from: bytes, isAMP: isAMP, rewritesVisibleText: true, into: &collector)
        }
        let some = collected(html, isAMP: isAMP, isPlainCharset: true)
        let all = collected(html, isAMP: isAMP, isPlainCharset: false)
        require(some.edits == all.edits, "a link is passed over in \(shown(html))")
        require(some.moves == all.moves, "a link is read otherwise in \(shown(html))")
        require(some.stays.map(\.url) == all.stays.map(\.url), "a mention is passed over in \(shown(html))")
    }

    /// In a plain charset strings are passed over in which no default domain can be.
    private static func collected(_ html: [UInt8], isAMP: Bool, isPlainCharset: Bool) -> LinkCollector {
        var collector = makeCollector(isPlainCharset: isPlainCharset)
        html.withBytes {
            HTMLLinks.collect(from: $0, isAMP: isAMP, rewritesVisibleText: true, into: &collector)
        }
        return collector
    }
}

/// Checks tokens as they come.
private struct TokenRecorder: HTMLTokenSink {
    private(set) var ranges: [ByteRange] = []
    private(set) var notStartTags: [ByteRange] = []
    private let view: Bytes
    private let passesOver: Bool
    private var end = 0

    init(_ view: Bytes, isQuiet: Bool = false) {
        self.view = view
        passesOver = isQuiet
    }

    func isQuiet(_ tag: ByteRange) -> Bool { passesOver }

    private mutating func add(_ range: ByteRange) {
        require(isInside(range, ByteRange(end, view.count)), "\(range) behind \(end) of \(view.count)")
        end = range.end
        ranges.append(range)
    }

    private mutating func addOther(_ range: ByteRange) {
        add(range)
        notStartTags.append(range)
    }

    mutating func text(_ range: ByteRange, kind: HTMLTextKind, element: ByteRange) { addOther(range) }
    mutating func comment(_ data: ByteRange) { addOther(data) }
    mutating func doctype(_ range: ByteRange) { addOther(range) }
    mutating func unterminatedTag(_ range: ByteRange) { addOther(range) }

    mutating func startTag(
        _ range: ByteRange, name: ByteRange, attributes: [HTMLAttribute], namespace: HTMLNamespace
    ) {
        require(isInside(name, range), "a name outside its tag")
        var last = name.end
        for attribute in attributes {
            require(isInside(attribute.name, ByteRange(last, range.end)), "a name outside its tag")
            require(
                isInside(attribute.value, ByteRange(attribute.name.end, range.end)), "a value outside its tag"
            )
            last = attribute.value.end
        }
        add(range)
    }

    mutating func endTag(_ range: ByteRange, name: ByteRange) {
        require(isInside(name, range), "a name outside its tag")
        addOther(range)
    }
}
