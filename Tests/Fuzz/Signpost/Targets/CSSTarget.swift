@testable import Rewriting

/// Style sheets and style attributes.
enum CSSTarget {
    @Sendable static func run(_ input: inout Input) {
        let isAttribute = input.choice(2) == 1
        let css = input.remainder()
        requireStable(css) { bytes, collector in
            let range = ByteRange(0, bytes.count)
            let text =
                isAttribute
                ? CharacterReferences.decode(range, of: bytes, inAttribute: true)
                : DecodedText(verbatim: range, of: bytes)
            collector.styleSheet(text, place: "style", isAttribute: isAttribute)
        }
    }
}
