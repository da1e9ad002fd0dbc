import Testing

@testable import Rewriting

@Suite struct MIMEScannerTests {
    /// `number type content` for each leaf.
    private func leaves(_ message: String) -> [String] {
        let structure = scan(message)
        let body = Array(message.utf8)
        guard let raw = RawMessage(body) else { return [] }
        let content = Array(body[raw.bodyStart...])
        return structure.leaves.map { leaf in
            let text = String(decoding: content[leaf.content.start..<leaf.content.end], as: UTF8.self)
            return
                "\(leaf.number) \(String(decoding: leaf.header.contentType.essence, as: UTF8.self)) \(text)"
        }
    }

    private func scan(_ message: String) -> MIMEStructure {
        guard let raw = RawMessage(Array(message.utf8)) else { return MIMEStructure() }
        return raw.bytes[raw.bodyStart...].withUnsafeBufferPointer {
            MIMEScanner.scan(fields: raw.fields, body: $0)
        }
    }

    @Test func `a message without MIME is text`() {
        #expect(leaves("Subject: x\n\nhello\n") == ["1 text/plain hello\n"])
    }

    @Test func `parts are numbered as IMAP numbers them`() {
        let message = """
            Content-Type: multipart/mixed; boundary=a

            preamble
            --a
            Content-Type: multipart/alternative; boundary="b"

            --b

            one
            --b
            Content-Type: text/html

            two
            --b--
            --a
            Content-Type: image/png

            three
            --a--
            epilogue
            """
        #expect(leaves(message) == ["1.1 text/plain one", "1.2 text/html two", "2 image/png three"])
        #expect(scan(message).gaps.map(\.name) == ["preamble:0", "epilogue:0"])
    }

    @Test func `parts of an embedded message are numbered as that part's own`() {
        let message = """
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: message/rfc822

            Content-Type: multipart/mixed; boundary=b

            --b

            one
            --b
            Content-Type: message/rfc822

            Subject: x

            two
            --b--
            --a--
            """
        #expect(leaves(message) == ["1.1 text/plain one", "1.2.1 text/plain two"])
        #expect(
            leaves("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\ny")
                == ["1.1.1 text/plain y"])
    }

    @Test(arguments: [
        ("a boundary that ends in =", "ab=", "--ab="),
        ("a boundary with spaces", "a b", "--a b"),
        ("trailing white space behind a delimiter", "ab", "--ab \t"),
    ])
    func `boundaries of every kind are found`(_ why: String, _ boundary: String, _ delimiter: String) {
        let message =
            "Content-Type: multipart/mixed; boundary=\"\(boundary)\"\n\n\(delimiter)\n\nx\n\(delimiter)\n\ny\n--\(boundary)--\n"
        #expect(leaves(message) == ["1 text/plain x", "2 text/plain y"], "\(why)")
    }

    @Test func `a delimiter is a whole line`() {
        let message = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx --a\n--ab\n--a--b\n--a--\n"
        #expect(leaves(message) == ["1 text/plain x --a\n--ab\n--a--b"])
    }

    @Test func `a boundary that is the beginning of another does not end it`() {
        let message =
            "Content-Type: multipart/mixed; boundary=aa\n\n--aa\nContent-Type: multipart/mixed; boundary=aab\n\n"
            + "--aab\n\nx\n--aab--\n--aa\n\ny\n--aa--\n"
        #expect(leaves(message) == ["1.1 text/plain x", "2 text/plain y"])
    }

    @Test func `a missing closing delimiter ends with the message`() {
        #expect(
            leaves("Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n") == ["1 text/plain x\n"])
    }

    @Test func `an outer delimiter ends inner multiparts that were not closed`() {
        let message =
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a\n\ny\n--a--"
        #expect(leaves(message) == ["1.1 text/plain x", "2 text/plain y"])
    }

    @Test func `a part whose header never ends has no content`() {
        #expect(
            leaves(
                "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/html\n--a\n\ny\n--a--")
                == ["1 text/html ", "2 text/plain y"])
    }

    @Test(arguments: [
        ("text/html", "text/html"), ("Text/HTML ; charset=x", "text/html"), ("text", "text/plain"),
        ("(a) text/html (b (c))", "text/html"), ("", "text/plain"), ("a/b/c", "text/plain"),
    ])
    func `types are read leniently`(_ field: String, _ essence: String) {
        #expect(leaves("Content-Type: \(field)\n\nx") == ["1 \(essence) x"])
    }

    @Test(arguments: ["multipart/signed", "multipart/encrypted"])
    func `signed and encrypted parts are protected whole`(_ type: String) {
        let message = "Content-Type: \(type); boundary=a\n\n--a\nContent-Type: text/html\n\nx\n--a--"
        #expect(scan(message).protected.map(\.number) == ["0"])
        #expect(scan(message).leaves.allSatisfy { $0.protection == 0 })
    }

    @Test func `nesting beyond the limit is left alone`() {
        var message = ""
        for depth in 0..<150 {
            message += "Content-Type: multipart/mixed; boundary=b\(depth)\n\n--b\(depth)\n"
        }
        message += "Content-Type: text/html\n\n<a href=https://track.relay.example/>"
        let structure = scan(message)
        #expect(structure.protected.map(\.protection) == [.beyondLimits])
        #expect(Rewritten(message).text == message)
    }

    @Test func `embedded messages do not nest without limit either`() {
        let message = String(repeating: "Content-Type: message/rfc822\n\n", count: 200_000) + "x"
        #expect(Rewritten(message).text == message)
    }

    @Test func `parts beyond the limit are left alone`() {
        let part = "--a\nContent-Type: text/html\n\n<a href=https://track.relay.example/>\n"
        let message = "Content-Type: multipart/mixed; boundary=a\n\n" + String(repeating: part, count: 10_050)
        let result = Rewritten(message).result
        #expect(result.rewritten.count == MIMELimits.parts)
        #expect(result.left.map(\.reason) == ["beyond limits"])
    }
}
