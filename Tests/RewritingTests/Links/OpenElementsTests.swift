import Testing

@testable import Rewriting

/// SVG and MathML that no end tag of theirs closes. What follows shows whether they are still open: a title of HTML is
/// not text that is shown, one of SVG is.
@Suite struct OpenElementsTests {
    static let title = "<title>https://track.relay.example/</title>"

    @Test(arguments: [
        "<div><svg></div>", "<div><svg><g><path></DIV >", "<div><math></div>", "<div><p><span><svg></div>",
        "<table><tr><td><svg><g></td>", "<table><tr><td><div><svg></table>", "<a href=x><svg><path></a>",
        "<span><svg></span>", "<ul><li>a<li><svg></ul>", "<svg></p>", "<svg></br>", "<svg><g></svg>",
        "<div><svg></x></div>", "<div><svg></div><div><svg><g></div>",
        "<div><svg><foreignObject><b></svg></div>",
        "<div><svg></svg></div><svg><path></svg>",
    ])
    func `an end tag of HTML closes what is open in its element`(_ start: String) {
        #expect(html(start + Self.title).body == start + Self.title)
    }

    @Test(arguments: [
        "<svg></div>", "<div></div><svg></div>", "<div><svg><g></g>", "<div><table><td><svg></div>",
        "<form><svg></form>", "<a><div><svg></a>", "<li><ul><svg></li>", "<span><p><svg></span>",
        "<body><svg></body>",
        "<br><svg></x>", "<div><svg><div/></div><svg>", "<!--<div>--><svg></div>",
        "<div><svg></div><svg></div>",
        "<title><div></title><svg></div>",
    ])
    func `an end tag of no element closes nothing`(_ start: String) {
        #expect(html(start + Self.title).body == (start + Self.title).moved)
    }

    @Test func `time grows with the size alone`() {
        func time(_ count: Int) -> Duration {
            let message = Array(text: "Content-Type: text/html\n\n<a href=//track.relay.example>")
            let body = Array(
                repeating: Array(text: "<span><div><svg><g></x></a></div><svg></i></svg>"), count: count)
            let bytes = message + body.flatMap(\.self) + Array(text: Self.title)
            return ContinuousClock().measure { _ = Rewritten(message: bytes) }
        }
        let few = time(1000)
        let many = time(10_000)
        #expect(many < few * 60 + .seconds(1), "\(few), and \(many) for ten times as much")
    }

    @Test func `what is open in SVG in SVG costs no end tag much`() {
        func time(svg: String) -> Duration {
            let markup = String(repeating: svg, count: 256) + String(repeating: "</x>", count: 4000)
            let message = "Content-Type: text/html\n\n<a href=//track.relay.example>" + markup
            return ContinuousClock().measure { _ = Rewritten(message: Array(message.utf8)) }
        }
        let empty = time(svg: "<svg>")
        let full = time(svg: "<svg>" + String(repeating: "<g>", count: 64))
        #expect(full < empty * 6 + .milliseconds(500), "\(empty), and \(full) with 64 elements in each")
    }
}
