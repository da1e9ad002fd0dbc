import Testing

@testable import Rewriting

@Suite struct MessageRewriterTests {
    @Test func `list headers are rewritten, their folding kept`() {
        let message =
            "List-Unsubscribe: <mailto:u@track.relay.example>,\r\n <https://track.relay.example/u/1>\r\nSubject: x\r\n\r\n"
        let rewritten = Rewritten(message)
        #expect(
            rewritten.text
                == "List-Unsubscribe: <mailto:u@track.relay.example>,\r\n <https://click.acme.example/u/1>\r\nSubject: x\r\n\r\n"
        )
        #expect(rewritten.left == ["header | mail address | u@track.relay.example"])
        #expect(rewritten.result.rewritten.map(\.part) == ["header:List-Unsubscribe"])
    }

    @Test func `a fold inside a header's URL stays where it was`() {
        let message =
            "List-Help: <https://track.relay.example/\n u/1>, <https://track.\n relay.example/u/2>\n\n"
        #expect(
            Rewritten(message).text
                == "List-Help: <https://click.acme.example/\n u/1>, <https://click.acme.example/u/2>\n\n")
    }

    @Test func `a fold inside a domain that stays does not hide it`() {
        let message =
            "List-Help: <mailto:a@track.\n relay.example>, <https://evil.test/?u=track.relay.\n example>\n\n"
        #expect(Rewritten(message).text == message)
        #expect(
            Rewritten(message).left == [
                "header | mail address | a@track.relay.example", "header | nested | track.relay.example",
            ])
    }

    @Test(arguments: [
        "=?utf-8?q?=3Chttps=3A//track=2Erelay=2Eexample/u=3E?=",
        "=?utf-8?b?aHR0cHM6Ly90cmFjay5yZWxheS5leGFtcGxlL3U=?=",
    ])
    func `a link in an encoded word of a list header is accounted for`(_ value: String) {
        let rewritten = Rewritten("List-Help: <https://track.relay.example/>, \(value)\n\n")
        #expect(rewritten.text == "List-Help: <https://click.acme.example/>, \(value)\n\n")
        #expect(rewritten.left == ["header | not a link | https://track.relay.example/u"])
    }

    @Test func `other headers are left and accounted for`() {
        let rewritten = Rewritten(
            "Subject: =?utf-8?q?track=2Erelay.example?=\nX: https://track.relay.example/\n\n")
        #expect(
            rewritten.left == [
                "header | not a place for links | track.relay.example",
                "header | not a place for links | https://track.relay.example/",
            ])
    }

    @Test(arguments: ["DKIM-Signature: v=1", "ARC-Seal: i=1"])
    func `signed mail is left by default`(_ field: String) {
        let message = field + "\n\nhttps://track.relay.example/c/1"
        #expect(Rewritten(message).text == message)
        #expect(Rewritten(message).result.unchangedBecause?.hasPrefix("already signed") == true)
        #expect(Rewritten(message) { $0.rewritesSignedMail = true }.text == message.moved)
    }

    @Test func `kinds of parts can be switched off`() {
        let message =
            "Content-Type: text/html\n\n<a href='https://track.relay.example/'>https://track.relay.example/</a>"
        #expect(Rewritten(message) { $0.html = false }.text == message)
        #expect(Rewritten(message) { $0.html = false }.left.count == 2)
        let visible = Rewritten(message) { $0.visibleText = false }
        #expect(visible.left == ["text | switched off | https://track.relay.example/"])
    }

    @Test(arguments: [
        ("attachment", "Content-Type: text/html\nContent-Disposition: attachment"),
        ("embedded message", "Content-Type: message/rfc822"),
        ("signed", "Content-Type: application/pkcs7-mime"),
        ("other type", "Content-Type: text/calendar"),
        ("transfer encoding", "Content-Type: text/html\nContent-Transfer-Encoding: x-custom"),
    ])
    func `protected parts are not touched and named once`(_ reason: String, _ header: String) {
        let message = header + "\n\n<a href='https://track.relay.example/c'>"
        #expect(Rewritten(message).text == message)
        #expect(Rewritten(message).result.left.map(\.reason) == [reason])
    }

    @Test func `preamble, epilogue and part headers are accounted for`() {
        let message = """
            Content-Type: multipart/mixed; boundary=a

            https://track.relay.example/1
            --a
            Content-Location: https://track.relay.example/2

            x
            --a--
            https://track.relay.example/3
            """
        #expect(Rewritten(message).result.left.map(\.part) == ["1", "preamble:0", "epilogue:0"])
    }

    @Test func `headers and text between the parts of an embedded message are accounted for`() {
        let message = """
            Content-Type: message/rfc822

            Subject: track.relay.example
            Content-Type: multipart/mixed; boundary=a

            https://track.relay.example/1
            --a

            https://track.relay.example/2
            --a--
            """
        let left = Rewritten(message).result.left
        #expect(left.map(\.part) == ["1.1", "1", "preamble:1"])
        #expect(left.allSatisfy { $0.reason == "embedded message" })
    }

    @Test(arguments: ["image/png", "text/plain\nContent-Disposition: attachment"])
    func `the header of an embedded message is accounted for whatever its body`(_ type: String) {
        let message =
            "Content-Type: message/rfc822\n\nX: track.relay.example\nContent-Type: \(type)\n\nx"
        #expect(Rewritten(message).left == ["part header | embedded message | track.relay.example"])
    }

    @Test func `the header of the part that holds an embedded message is accounted for`() {
        let message = """
            Content-Type: multipart/digest; boundary=a

            --a
            Content-Location: https://track.relay.example/1

            Subject: x

            x
            --a--
            """
        #expect(Rewritten(message).left == ["part header | embedded message | https://track.relay.example/1"])
    }

    @Test(arguments: ["preamble", "header"])
    func `a part that is skipped whole is named wherever in it the domain stands`(_ place: String) {
        let message = """
            Content-Type: multipart/signed; boundary=a

            \(place == "preamble" ? "https://track.relay.example/1" : "")
            --a
            Content-Type: multipart/mixed; boundary=b
            Content-Location: \(place == "header" ? "https://track.relay.example/1" : "")

            --b

            x
            --b--
            --a--
            """
        let left = Rewritten(message).result.left
        #expect(left.map(\.part) == ["0"] && left.map(\.reason) == ["signed"])
    }

    static let encodings = ["quoted-printable", "base64", "8bit"]

    @Test(arguments: encodings)
    func `a second pass changes nothing`(_ encoding: String) {
        let first = Rewritten(Sample.message(encoding: encoding))
        #expect(!first.result.rewritten.isEmpty)
        let second = Rewritten(first.text)
        #expect(second.text == first.text)
        #expect(second.result.rewritten.isEmpty)
    }

    @Test(arguments: encodings)
    func `a message without a default domain gets no edit`(_ encoding: String) {
        let message = Sample.message(encoding: encoding, host: "www.acme.example")
        let rewritten = Rewritten(message)
        #expect(rewritten.text == message)
        #expect(rewritten.result.bodyEdits.isEmpty && rewritten.result.left.isEmpty)
    }

    @Test(arguments: encodings)
    func `bytes outside the touched lines stay`(_ encoding: String) {
        let message = Sample.message(encoding: encoding)
        let result = Rewritten(message).result
        var previous = 0
        for edit in result.bodyEdits {
            #expect(edit.range.start >= previous)
            previous = edit.range.end
        }
        let touched = result.bodyEdits.reduce(0) { $0 + $1.range.count }
        #expect(touched < message.utf8.count / (encoding == "base64" ? 1 : 4))
    }
}

/// A newsletter's body in some transfer encoding.
enum Sample {
    static func message(encoding: String, host: String = "track.relay.example") -> String {
        var html = "<html><body>\r\n"
        for number in 0..<20 {
            html += "<p>Paragraph \(number) of a letter that goes on for a while, as letters do.</p>\r\n"
            if number % 5 == 0 { html += "<a href=\"https://\(host)/c/\(number)?a=1&amp;b=2\">Read</a>\r\n" }
        }
        html += "</body></html>\r\n"
        return "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: \(encoding)\r\n\r\n"
            + encode(html, encoding)
    }

    private static func encode(_ text: String, _ encoding: String) -> String {
        switch encoding {
        case "base64": base64(Array(text.utf8))
        case "quoted-printable": quotedPrintable(text)
        default: text
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let padded = group + [UInt8](repeating: 0, count: 3 - group.count)
            let value = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
            for position in 0..<4 {
                text.append(
                    position <= group.count ? alphabet[value >> (18 - 6 * position) & 63] : "=")
            }
            if start / 3 % 19 == 18 { text += "\r\n" }
        }
        return text + "\r\n"
    }

    private static func quotedPrintable(_ text: String) -> String {
        var encoded = ""
        var column = 0
        for byte in text.utf8 {
            if byte == 0x0A {
                encoded += "\r\n"
                column = 0
                continue
            }
            if byte == 0x0D { continue }
            let piece = byte == UInt8(ascii: "=") ? "=3D" : String(UnicodeScalar(byte))
            if column + piece.count > 75 {
                encoded += "=\r\n"
                column = 0
            }
            encoded += piece
            column += piece.count
        }
        return encoded
    }
}
