/// Messages made to cost more than they weigh. Each comes in any size; time has to grow with it and no faster.
struct Hostile: Sendable {
    let name: String
    private let header: String
    private let body: @Sendable (_ size: Int) -> [UInt8]

    func message(size: Int) -> [UInt8] {
        Array((header + "\r\n\r\n").utf8) + body(size)
    }

    static let all: [Hostile] = [
        html("unclosed tags", repeating: "<a "),
        html("nothing but <", repeating: "<"),
        html("quotes", repeating: "<a href=\""),
        html("quotes in turn", repeating: "\"'"),
        html("attributes of one tag", start: "<a ", repeating: "href=x "),
        html("comments", repeating: "<!-- "),
        html("dashes in a comment", start: "<!--", repeating: "--- "),
        html("conditional comments", repeating: "<!--[if a]>"),
        html("conditional comments, no end", repeating: "<!--[if a "),
        html("scripts", repeating: "<script><!--"),
        html("style sheets", repeating: "<style>url("),
        html("end tags of other elements", start: "<style>", repeating: "</styl"),
        html("svg in svg", repeating: "<svg><title>"),
        html("ampersands", repeating: "&"),
        html("numeric references", repeating: "&#"),
        html("long references", start: "&#", repeating: "1"),
        html("named references", repeating: "&CounterClockwiseContourIntegra"),
        html("schemes", repeating: "http:"),
        html("schemes with slashes", repeating: "http://"),
        html("url( in a style", start: "<p style=\"", repeating: "url("),
        html("escapes in a style", start: "<p style=\"", repeating: "\\68 "),
        html("candidates of a srcset", start: "<img srcset=\"", repeating: "a,(, "),
        html("default domains", repeating: "track.relay.example "),
        html("parts of default domains", repeating: "a.t.relay.example."),
        html("links", repeating: "<a href=//track.relay.example/>"),
        html("escapes in a host", start: "<a href=\"http://", repeating: "%74"),
        Hostile(name: "text: http:", header: "Subject: x", repeating: "http:"),
        Hostile(name: "text: http://a", header: "Subject: x", repeating: "http://a"),
        Hostile(name: "text: (", header: "Subject: x", repeating: "("),
        Hostile(
            name: "text: URL of 64 MB", header: "Subject: x", start: "https://track.relay.example/",
            repeating: "a"),
        Hostile(name: "text: dots", header: "Subject: x", repeating: "."),
        Hostile(
            name: "QP: =", header: "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable",
            repeating: "="),
        Hostile(
            name: "QP: soft breaks",
            header: "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable",
            repeating: "=\r\n"),
        Hostile(
            name: "QP: white space",
            header: "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable",
            repeating: "   \t"),
        Hostile(
            name: "QP: links in one line",
            header: "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable",
            repeating: "<a href=3Dhttp://track.relay.example/> "),
        Hostile(
            name: "base64: damaged", header: "Content-Type: text/html\r\nContent-Transfer-Encoding: base64",
            repeating: "A=!"),
        Hostile(
            name: "base64: padding", header: "Content-Type: text/html\r\nContent-Transfer-Encoding: base64",
            repeating: "AA=="),
        Hostile(
            name: "boundaries", header: "Content-Type: multipart/mixed; boundary=b", repeating: "--b\r\n"),
        Hostile(
            name: "lines like boundaries", header: "Content-Type: multipart/mixed; boundary=b",
            repeating: "--bb\r\n"),
        Hostile(
            name: "nested multiparts", header: "Content-Type: multipart/mixed; boundary=b",
            repeating: "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"),
        Hostile(
            name: "part header fields", header: "Content-Type: multipart/mixed; boundary=b", start: "--b\r\n",
            repeating: "A: track.relay.example\r\n"),
        Hostile(
            name: "embedded messages", header: "Content-Type: message/rfc822",
            repeating: "Content-Type: message/rfc822\r\n\r\n"),
    ]

    private init(name: String, header: String, start: String = "", repeating unit: String) {
        self.name = name
        self.header = header
        body = { size in
            let unit = Array(unit.utf8)
            var body = Array(start.utf8)
            body.reserveCapacity(size + unit.count)
            while body.count < size { body += unit }
            return body
        }
    }

    private static func html(_ name: String, start: String = "", repeating: String) -> Hostile {
        Hostile(name: "HTML: " + name, header: "Content-Type: text/html", start: start, repeating: repeating)
    }
}
