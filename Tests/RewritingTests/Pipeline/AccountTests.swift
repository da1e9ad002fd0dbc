import Testing

@testable import Rewriting

/// That every default domain that stays is named, wherever it stands.
@Suite struct AccountTests {
    static let link = "https://track.relay.example/c"
    /// `<a href="https://track.relay.example/c">`
    static let encoded = "PGEgaHJlZj0iaHR0cHM6Ly90cmFjay5yZWxheS5leGFtcGxlL2MiPg=="

    @Test(arguments: ["text/html", "text/plain", "image/png", "text/html\nContent-Disposition: attachment"])
    func `clear text behind base64 is accounted for`(_ type: String) {
        let message =
            "Content-Type: \(type)\nContent-Transfer-Encoding: base64\n\nPHA+eDwvcD4=\n-- \nsee \(Self.link)\n"
        #expect(Rewritten(message).text == message)
        #expect(Rewritten(message).result.left.map(\.url) == [Self.link])
    }

    @Test func `clear text behind base64 in which links are is accounted for beside them`() {
        let message =
            "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n\(Self.encoded)\n_\(Self.link)\n"
        #expect(
            Rewritten(message).left == [
                "a[href] | transfer encoding | \(Self.link)", "not base64 | transfer encoding | \(Self.link)",
            ])
    }

    @Test func `a header line without a colon is accounted for`() {
        let message = "Subject: x\nsee track.relay.example\n and track.relay.example\nTo: y\n\n"
        let result = Rewritten(message).result
        #expect(Rewritten(message).text == message)
        #expect(result.left.map(\.part) == ["header:", "header:"])
        #expect(result.left.map(\.reason) == ["not a place for links", "not a place for links"])
    }

    @Test func `a header field's name is accounted for`() {
        let result = Rewritten("From news@track.relay.example 10:00\nSubject: x\n\n").result
        #expect(result.left.map(\.part) == ["header:From news@track.relay.example 10"])
        #expect(result.left.map(\.url) == ["news@track.relay.example"])
    }

    @Test(arguments: ["DKIM-Signature", "List-Unsubscribe", "hello"])
    func `a line without a colon is no field`(_ line: String) {
        #expect(Rewritten(line + "\n").text == "not a message")
        let message = "Subject: x\n\(line)\n\n\(Self.link)"
        #expect(Rewritten(message).result.rewritten.count == 1)
    }

    @Test(arguments: [" ", "\r\n ", "\n\t "])
    func `a domain that two encoded words share is accounted for`(_ space: String) {
        let words = "=?utf-8?q?see_track=2Ere?=\(space)=?utf-8?b?bGF5LmV4YW1wbGU=?="
        let message = "Subject: \(words) x\r\n\r\n"
        #expect(Rewritten(message).left == ["header | not a place for links | track.relay.example"])
        let part =
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Description: \(words)\n\nx\n--a--\n"
        #expect(Rewritten(part).left == ["part header | outside parts | track.relay.example"])
    }

    @Test func `a space between an encoded word and another word counts`() {
        let message = "Subject: =?utf-8?q?track=2Ere?= lay.example track.re =?utf-8?q?lay.example?=\n\n"
        #expect(Rewritten(message).left.isEmpty)
    }

    static let inside = [
        "Content-Type: text/html\n\n<a href='\(link)'>",
        "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<a href=3D'https://track.rela=\ny.example/'>",
        "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n\(encoded)\n",
    ]

    @Test(arguments: inside)
    func `parts that are nested too deep are accounted for`(_ part: String) {
        var message = ""
        for depth in 0...MIMELimits.nesting {
            message += "Content-Type: multipart/mixed; boundary=b\(depth)-\n\n--b\(depth)-\n"
        }
        message += part
        #expect(Rewritten(message).text == message)
        #expect(Rewritten(message).result.left.map(\.reason) == ["beyond limits"])
    }

    @Test(arguments: inside)
    func `parts beyond the number that is read are accounted for`(_ part: String) {
        var message = "Content-Type: multipart/mixed; boundary=b\n\n"
        for _ in 0..<MIMELimits.parts { message += "--b\n\n" }
        message += "--b\n" + part + "\n--b--\n"
        #expect(Rewritten(message).text == message)
        #expect(Rewritten(message).result.left.map(\.reason) == ["beyond limits"])
    }

    @Test func `what is encoded in an encoded message is accounted for`() {
        let message = Array(
            ("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n\(Self.encoded)\n").utf8)
        let text =
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
            + String(decoding: base64(message, width: 76), as: UTF8.self)
        #expect(Rewritten(text).result.left.map(\.reason) == ["embedded message"])
    }

    @Test(arguments: ["binary", "base64"])
    func `an attachment that is no text is accounted for`(_ encoding: String) {
        let content = [UInt8](repeating: 0, count: 99) + Array((" " + Self.link + "\u{0}\u{1}").utf8)
        let header = "Content-Type: application/msword\nContent-Transfer-Encoding: \(encoding)\n\n"
        let message = Array(header.utf8) + (encoding == "base64" ? base64(content) : content)
        #expect(Rewritten(message: message).result.left.map(\.reason) == ["other type"])
    }

    @Test func `an attachment whose charset cannot be read is accounted for`() {
        let message =
            "Content-Type: text/plain; charset=iso-2022-kr\nContent-Disposition: attachment\n\n\u{E}x\n\(Self.link)"
        #expect(Rewritten(message).result.left.map(\.reason) == ["attachment"])
    }

    @Test(arguments: ["s", "l", "sl", "ls", "sls", "lsl", "ll", "ssllbs"])
    func `links of one part that stay for their line's length take none of another's along`(_ parts: String) {
        let short = "https://track.relay.example/1\n"
        let long = "https://track.relay.example/" + String(repeating: "x", count: 960) + "\n"
        let texts = ["s": short, "l": long, "b": short + long]
        var message = "Content-Type: multipart/mixed; boundary=b\nList-Help: <\(short.dropLast())>\n\n"
        var moved = ["header:List-Help"]
        var left: [String] = []
        for (index, part) in parts.enumerated() {
            message += "--b\n\n" + (texts[String(part)] ?? "") + "\n"
            if part == "s" { moved.append("\(index + 1)") }
            if part != "s" { left += Array(repeating: "\(index + 1)", count: part == "b" ? 2 : 1) }
        }
        let rewritten = Rewritten(
            message + "--b--\n", decider: TestDecider(host: "click.a-longer-one.acme.example"))
        #expect(rewritten.result.rewritten.map(\.part) == moved)
        #expect(rewritten.result.left.map(\.part) == left)
        #expect(rewritten.result.left.allSatisfy { $0.reason == "line length" })
        #expect(rewritten.result.bodyEdits.count == moved.count - 1)
    }
}
