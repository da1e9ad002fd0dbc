/// Text whose lines may be broken without a space being in the sentence there: `format=flowed; delsp=yes` (RFC 3676
/// section 4). A host name, or what stands before it in a URL, may go on in the next line.
///
/// Many a mailer that says DelSp breaks its lines at the sentence's own spaces all the same. So only the soft line
/// breaks inside of such names are taken out; a URL's path ends at the space as everywhere.
struct FlowedText {
    /// The space before a soft line break, the break itself, quote marks and stuffed space.
    private struct SoftBreak {
        var range: ByteRange
        /// Which byte of the joined text it stands before.
        var index: Int
    }

    private let view: Bytes
    private var breaks: [SoftBreak] = []
    /// The text without any of them.
    private var joined: [UInt8] = []

    private init(_ view: Bytes) {
        self.view = view
        var copied = 0
        var line = Line(view, from: 0)
        while line.next < view.count {
            let following = Line(view, from: line.next)
            if line.isFlowed, following.quoteDepth == line.quoteDepth, !following.isSignatureSeparator {
                let range = ByteRange(line.text.end - 1, following.text.start)
                joined += view[copied..<range.start]
                breaks.append(SoftBreak(range: range, index: joined.count))
                copied = range.end
            }
            line = following
        }
        if !breaks.isEmpty { joined += view[copied...] }
    }

    /// The text without the soft breaks that stand in names of hosts; nil where there is none.
    static func unwrapped(_ view: Bytes, hosts: DefaultHosts) -> DecodedText? {
        let flowed = FlowedText(view)
        let divided = flowed.breaksInNames(hosts)
        if divided.isEmpty { return nil }
        var text = DecodedText(excerptFrom: 0, capacity: view.count)
        var copied = 0
        for range in divided {
            text.append(verbatim: ByteRange(copied, range.start), of: view)
            copied = range.end
        }
        text.append(verbatim: ByteRange(copied, view.count), of: view)
        text.finish(at: view.count)
        return text
    }

    private func breaksInNames(_ hosts: DefaultHosts) -> [ByteRange] {
        if breaks.isEmpty { return [] }
        var isDivided = [Bool](repeating: false, count: breaks.count)
        joined.withUnsafeBufferPointer { joined in
            for host in Mentions.find(in: joined, ByteRange(0, joined.count), hosts: hosts) {
                for index in breaks(from: host.start + 1, to: host.end) { isDivided[index] = true }
            }
            var links = TextLinks(joined, ByteRange(0, joined.count))
            while let link = links.next()?.range {
                guard let url = WebURL(joined.copy(link)) else { continue }
                let host = url.isOn(hosts) ? link.start + url.components.host.end : link.start
                let authority = link.start + url.components.rest.start
                for index in breaks(from: link.start + 1, to: authority + 1) {
                    let behind = breaks[index].index
                    if behind < host || behind < joined.count && FlowedText.continuesURL(joined[behind]) {
                        isDivided[index] = true
                    }
                }
            }
        }
        return breaks.indices.filter { isDivided[$0] }.map { breaks[$0].range }
    }

    /// The soft breaks before the bytes `start` up to `end` of the joined text.
    private func breaks(from start: Int, to end: Int) -> Range<Int> {
        let first = firstBreak(from: start)
        return first..<max(first, firstBreak(from: end))
    }

    private func firstBreak(from start: Int) -> Int {
        var low = 0
        var high = breaks.count
        while low < high {
            let middle = (low + high) / 2
            if breaks[middle].index < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a byte behind a host is more likely the URL's than the start of a word.
    private static func continuesURL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "/"),
            UInt8(ascii: "?"), UInt8(ascii: "#"):
            true
        default: false
        }
    }

    private struct Line {
        /// Behind quote marks and stuffed space, before the line end.
        let text: ByteRange
        let quoteDepth: Int
        /// Where the next line begins.
        let next: Int
        /// "-- " (section 4.3).
        let isSignatureSeparator: Bool
        /// The paragraph goes on in the next line (section 4.1).
        let isFlowed: Bool

        init(_ view: Bytes, from start: Int) {
            let lineEnd = view.firstIndex(of: 0x0A, from: start, to: view.count)
            next = lineEnd.map { $0 + 1 } ?? view.count
            var end = lineEnd ?? view.count
            if end > start, view[end - 1] == 0x0D { end -= 1 }
            var position = start
            while position < end, view[position] == UInt8(ascii: ">") { position += 1 }
            quoteDepth = position - start
            if position < end, view[position] == 0x20 { position += 1 }
            text = ByteRange(position, end)
            isSignatureSeparator = text.count == 3 && view.equals("-- ", in: text)
            isFlowed = !isSignatureSeparator && !text.isEmpty && view[end - 1] == 0x20
        }
    }
}

extension ContentType {
    /// Whether lines are to be joined without the space before their soft breaks.
    var joinsFlowedLines: Bool {
        guard let format = self["format"], let deletesSpace = self["delsp"] else { return false }
        return format.map(ASCII.lowercased).elementsEqual("flowed".utf8)
            && deletesSpace.map(ASCII.lowercased).elementsEqual("yes".utf8)
    }
}

extension LinkCollector {
    /// Takes a text/plain part whose paragraphs flow.
    mutating func flowedText(_ view: Bytes) {
        if let text = FlowedText.unwrapped(view, hosts: hosts) {
            runningText(text, place: "text", escaping: .none)
        } else {
            plainText(view)
        }
    }
}
