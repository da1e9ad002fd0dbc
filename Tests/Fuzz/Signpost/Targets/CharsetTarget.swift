@testable import Rewriting

/// A charset's view: in step with the bytes, and ASCII put where the view is ASCII reads as that ASCII.
enum CharsetTarget {
    private static let labels =
        Charset.aliases.map { String($0.labels.prefix { $0 != " " }) } + ["", "euc-jp", "x-nobody-knows"]

    @Sendable static func run(_ input: inout Input) {
        let label = Array(input.choice(of: labels).utf8)
        let start = input.choice(256)
        let decoded = input.remainder()
        let old = decoded.withBytes {
            bytes -> (view: [UInt8], edited: [UInt8], at: ByteRange, isReadable: Bool) in
            let charset = CharsetView(decoded: bytes, label: label)
            let view = charset.withBytes(Array.init)
            require(view.count == charset.count, "\(view.count) bytes, not \(charset.count)")
            let whole = charset.decodedRange(of: ByteRange(0, view.count))
            require(whole.start == 0 && whole.end <= bytes.count, "\(whole) of \(bytes.count)")
            _ = charset.utf8OfAll()
            let word = word(in: view, from: start)
            _ = charset.utf8(of: ByteRange(start, start + 9))
            let range = charset.decodedRange(of: word)
            let edit = Edit(range, charset.encode(MovingDecider.host))
            return (view, decoded.applying([edit]), word, charset.isReadable)
        }
        guard old.isReadable, !old.at.isEmpty else { return }
        old.edited.withBytes { bytes in
            let charset = CharsetView(decoded: bytes, label: label)
            let expected = old.view.applying([Edit(old.at, MovingDecider.host)])
            let view = charset.withBytes(Array.init)
            require(!charset.isReadable || view == expected, "\(shown(view)) instead of \(shown(expected))")
        }
    }

    /// A run of letters and dots in the view, not at once behind what is no ASCII: that might be half a character.
    private static func word(in view: [UInt8], from start: Int) -> ByteRange {
        func isWord(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: ".") }
        var first = min(start, view.count)
        while first < view.count, !isWord(view[first]) || first > 0 && view[first - 1] >= 0x80 { first += 1 }
        var end = first
        while end < view.count, isWord(view[end]) { end += 1 }
        return ByteRange(first, end)
    }
}
