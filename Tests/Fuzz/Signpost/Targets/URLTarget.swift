import DomainNames

@testable import Rewriting

/// URLs: components in order, places in the source, and the difference between two.
enum URLTarget {
    @Sendable static func run(_ input: inout Input) {
        let cut = input.choice(256)
        let source = input.remainder()
        _ = DomainName(String(decoding: source, as: UTF8.self))
        guard let url = WebURL(Array(source.dropFirst(cut))) ?? WebURL(source) else { return }
        let parts = url.components
        let bounds = [
            parts.scheme.start, parts.scheme.end, parts.host.start, parts.host.end, parts.rest.start,
            url.text.count,
        ]
        require(zip(bounds, bounds.dropFirst()).allSatisfy { $0 <= $1 }, "components \(parts)")
        require(parts.rest.end == url.text.count, "rest \(parts.rest)")
        for range in [parts.scheme, parts.host, parts.port, parts.rest, ByteRange(0, url.text.count)] {
            require(isInside(url.sourceRange(of: range), ByteRange(0, source.count)), "source of \(range)")
        }
        guard url.host != nil, let moved = moved(url) else { return }
        let (result, text) = (URLDifference(from: url, to: moved).result, moved.text)
        require(result == text, "\(shown(result)) is not \(shown(text))")
        if let other = WebURL(Array(source.prefix(cut))), other.host != nil {
            let result = URLDifference(from: url, to: other).result
            let (host, expected) = (WebURL(result)?.host, other.host)
            require(host == expected, "\(shown(result)) has not the host \(shown(expected ?? []))")
        }
    }

    /// The URL with our host; there is nothing in a URL that could stand in its way.
    private static func moved(_ url: borrowing WebURL) -> WebURL? {
        var text = url.text
        text.replaceSubrange(url.components.host.start..<url.components.host.end, with: MovingDecider.host)
        let host = WebURL(text)?.host ?? []
        require(host == MovingDecider.host, "\(shown(text)) is on \(shown(host))")
        return WebURL(text)
    }
}
