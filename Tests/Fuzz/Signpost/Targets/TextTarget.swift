@testable import Rewriting

/// Running text, as text/plain and as text in HTML.
enum TextTarget {
    @Sendable static func run(_ input: inout Input) {
        let isHTML = input.choice(2) == 1
        requireStable(input.remainder()) { bytes, collector in
            if isHTML {
                let text = CharacterReferences.decode(
                    ByteRange(0, bytes.count), of: bytes, inAttribute: false)
                collector.runningText(text, place: "text", escaping: .html)
            } else {
                collector.plainText(bytes)
            }
        }
    }
}
