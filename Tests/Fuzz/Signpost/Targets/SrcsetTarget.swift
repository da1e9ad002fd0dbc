@testable import Rewriting

/// `srcset`, and `content` of a refresh.
enum SrcsetTarget {
    @Sendable static func run(_ input: inout Input) {
        let isRefresh = input.choice(2) == 1
        requireStable(input.remainder()) { bytes, collector in
            let text = CharacterReferences.decode(ByteRange(0, bytes.count), of: bytes, inAttribute: true)
            let urls =
                isRefresh
                ? MetaRefreshLinks.url(in: text.bytes).map { [$0] } ?? [] : SrcsetLinks.urls(in: text.bytes)
            var end = 0
            for url in urls {
                require(isInside(url, ByteRange(end, text.bytes.count)), "\(url) behind \(end)")
                end = url.end
                collector.url(text.slice(url), place: "srcset", escaping: .html)
            }
        }
    }
}
