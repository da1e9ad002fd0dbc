@testable import Rewriting

/// Running text, as text/plain and as text in HTML.
enum TextTarget {
    @Sendable static func run(_ input: inout Input) {
        let isHTML = input.choice(2) == 1
        let text = input.remainder()
        requireStable(text) { bytes, collector in
            if isHTML {
                let text = CharacterReferences.decode(
                    ByteRange(0, bytes.count), of: bytes, inAttribute: false)
                collector.runningText(text, place: "text", escaping: .html)
            } else {
                collector.plainText(bytes)
            }
        }
        let some = collected(text, isPlainCharset: true)
        let all = collected(text, isPlainCharset: false)
        require(
            some.edits == all.edits && some.moves == all.moves, "a link is read otherwise in \(shown(text))")
        require(some.stays.map(\.url) == all.stays.map(\.url), "a mention is passed over in \(shown(text))")
    }

    /// In a plain charset links are read in a shorter way.
    private static func collected(_ text: [UInt8], isPlainCharset: Bool) -> LinkCollector {
        var collector = makeCollector(isPlainCharset: isPlainCharset)
        text.withBytes { collector.plainText($0) }
        return collector
    }
}
