/// Text whose lines were broken without a space being in the sentence there: `format=flowed; delsp=yes` (RFC 3676
/// section 4). In it a URL may go on in the next line. Where DelSp is not said the space before a soft line break
/// stays, and a URL ends at it.
enum FlowedText {
    /// The text with its soft line breaks taken out, each with the space before it, the quote marks and the stuffed
    /// space behind it; nil where there is none.
    static func unwrapped(_ view: Bytes) -> DecodedText? {
        var text: DecodedText?
        var copied = 0
        var line = Line(view, from: 0)
        while line.next < view.count {
            let following = Line(view, from: line.next)
            if line.isFlowed, following.quoteDepth == line.quoteDepth, !following.isSignatureSeparator {
                text = text ?? DecodedText(excerptFrom: 0, capacity: view.count)
                text?.append(verbatim: ByteRange(copied, line.text.end - 1), of: view)
                copied = following.text.start
            }
            line = following
        }
        text?.append(verbatim: ByteRange(copied, view.count), of: view)
        text?.finish(at: view.count)
        return text
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
        if let text = FlowedText.unwrapped(view) {
            runningText(text, place: "text", escaping: .none)
        } else {
            plainText(view)
        }
    }
}
