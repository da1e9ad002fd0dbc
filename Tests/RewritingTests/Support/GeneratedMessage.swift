import Foundation

@testable import Rewriting

/// A message made at random, and what must become of its parts.
struct GeneratedMessage {
    struct Part {
        var encoding: TransferEncoding
        /// The decoded content, with LF.
        var before: String
        /// The same where every link has moved.
        var after: String
    }

    var raw: [UInt8] = []
    var parts: [Part] = []
    private let lineEnd: String

    /// - Parameters:
    ///   - host: where links move to.
    ///   - hasLinks: false for one in which nothing is a link on a default domain.
    init(seed: UInt64, host: String, lineEnd: String, hasLinks: Bool = true) {
        var random = Seeded(seed)
        self.lineEnd = lineEnd
        raw = bytes("From: news@acme.example\nSubject: \(seed)\nMIME-Version: 1.0\n")
        let count = Int.random(in: 1...4, using: &random)
        let isNested = Bool.random(using: &random)
        if count > 1 {
            raw += bytes("Content-Type: multipart/mixed; boundary=b0\n\npreamble track.relay.example\n")
        }
        if count > 1, isNested {
            raw += bytes("--b0\nContent-Type: multipart/alternative;\n boundary=\"b1\"\n\n")
        }
        for number in 0..<count {
            if count > 1 { raw += bytes(isNested && number < count - 1 ? "--b1\n" : "--b0\n") }
            addPart(number, host, hasLinks, &random)
            if count > 1 { raw += bytes("\n") }
            if isNested, count > 1, number == count - 2 { raw += bytes("--b1--\n") }
        }
        if count > 1 { raw += bytes("--b0--\nepilogue https://track.relay.example/\n") }
    }

    private mutating func addPart(_ number: Int, _ host: String, _ hasLinks: Bool, _ random: inout Seeded) {
        let isText = Int.random(in: 0..<4, using: &random) == 0
        let isAttachment = number > 0 && Int.random(in: 0..<4, using: &random) == 0
        let pieces = isText ? Pieces.text : Pieces.html
        var part = Part(encoding: .identity, before: "", after: "")
        var column = 0
        for _ in 0..<Int.random(in: 0..<30, using: &random) {
            // Far from 998 octets: what happens there has tests of its own.
            if column > 400 {
                part.before += "\n"
                part.after += "\n"
            }
            let piece = pieces.randomElement(using: &random) ?? ("", "")
            if !hasLinks && piece.0 != piece.1 { continue }
            column = piece.0.contains("\n") || column > 400 ? 0 : column + piece.0.utf8.count
            part.before += piece.0
            part.after += piece.1.replacing("HOST", with: host)
        }
        if isAttachment { part.after = part.before }
        raw += bytes("Content-Type: text/\(isText ? "plain" : "html"); charset=utf-8\n")
        if isAttachment { raw += bytes("Content-Disposition: attachment; filename=a\n") }
        let name: String
        switch Int.random(in: 0..<3, using: &random) {
        case 0: name = "8bit"
        case 1: (name, part.encoding) = ("quoted-printable", .quotedPrintable)
        default: (name, part.encoding) = ("Base64", .base64)
        }
        raw += bytes("Content-Transfer-Encoding: \(name)\nX-Part: \(number)\n\n")
        raw += encode(part.before, part.encoding, &random)
        parts.append(part)
    }

    private func bytes(_ text: String) -> [UInt8] {
        Array(text.replacing("\n", with: lineEnd).utf8)
    }

    // MARK: Encoding, in all the freedom that the encodings give

    func encode(_ content: String, _ encoding: TransferEncoding, _ random: inout Seeded) -> [UInt8] {
        switch encoding {
        case .quotedPrintable: quotedPrintable(content, &random)
        case .base64: base64(content, &random)
        default: bytes(content)
        }
    }

    private func quotedPrintable(_ content: String, _ random: inout Seeded) -> [UInt8] {
        let source = Array(content.utf8)
        let width = Int.random(in: 20...75, using: &random)
        var line = ""
        var result = ""
        for (index, byte) in source.enumerated() {
            if byte == 0x0A {
                result += line + lineEnd
                line = ""
                continue
            }
            let isLast = index + 1 == source.count || source[index + 1] == 0x0A
            let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x20 && !isLast
            var token = String(UnicodeScalar(byte))
            if !isPlain || Int.random(in: 0..<40, using: &random) == 0 {
                let code = String(Int(byte) + 0x100, radix: 16).dropFirst()
                token = "=" + (Bool.random(using: &random) ? String(code) : code.uppercased())
            }
            if line.utf8.count + token.utf8.count > width || Int.random(in: 0..<60, using: &random) == 0 {
                result += line + "=" + lineEnd
                line = ""
            }
            line += token
        }
        return Array((result + line).utf8)
    }

    private func base64(_ content: String, _ random: inout Seeded) -> [UInt8] {
        let code = Array(Data(content.utf8).base64EncodedString().utf8)
        let width = [76, 76, 64, 60, 4, 73, 998].randomElement(using: &random) ?? 76
        var result: [UInt8] = []
        for start in stride(from: 0, to: code.count, by: width) {
            result += code[start..<min(start + width, code.count)] + Array(lineEnd.utf8)
        }
        return result
    }

    // MARK: Reading a message of this shape, without our own scanner

    /// The decoded content of part `number`, with LF; nil where it is not there or is not encoded well.
    func content(ofPart number: Int, in message: [UInt8]) -> String? {
        let text = Data(message)
        guard let head = text.range(of: Data(bytes("X-Part: \(number)\n\n"))) else { return nil }
        let rest = text[head.upperBound...]
        let raw = rest[..<(rest.range(of: Data(bytes("\n--b")))?.lowerBound ?? rest.endIndex)]
        let decoded: Data?
        switch parts[number].encoding {
        case .quotedPrintable: decoded = Self.unquoted(Array(raw))
        case .base64: decoded = Data(base64Encoded: raw, options: .ignoreUnknownCharacters)
        default: decoded = raw
        }
        return decoded.flatMap { String(data: $0, encoding: .utf8) }?.replacing("\r\n", with: "\n")
    }

    private static func unquoted(_ raw: [UInt8]) -> Data? {
        var result = Data()
        var index = 0
        while index < raw.count {
            if raw[index] != UInt8(ascii: "=") {
                result.append(raw[index])
                index += 1
            } else if raw[(index + 1)...].starts(with: [0x0D, 0x0A]) {
                index += 3
            } else if raw[(index + 1)...].first == 0x0A {
                index += 2
            } else {
                guard index + 2 < raw.count,
                    let byte = UInt8(
                        String(decoding: raw[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
                else { return nil }
                result.append(byte)
                index += 3
            }
        }
        return result
    }
}

/// What generated parts are made of: before and after; where nothing moves, both are the same.
enum Pieces {
    static let html: [(String, String)] =
        [
            link(#"<a href="https://@/c/1?a=1&amp;b=2">Go</a>"#), link("<A\nHREF='http://@/'>x</A>\n"),
            link("<img src=//@/o/1.gif width=1>"), link(#"<p style="background:url(https://@/bg.png)">"#),
            link(#"<!--[if mso]><a href="https://@/c/5">m</a><![endif]-->"#),
            link("<b>see https://@/c/9, or</b>\n"),
            link("<style>@import 'https://@/x.css';</style>"),
            link("<img srcset=\"https://@/1 1x,\n https://@/2 2x\">"),
            link(#"<a href=" https:\\@:443/c?x#y ">p</a>"#),
            link("<blockquote cite=https://@>q</blockquote>"),
            ("<a href=\"https://TRACK.relay.EXAMPLE/c\">", "<a href=\"https://HOST/c\">"),
            ("<a href=\"https://&#116;rack.relay.example/c\">", "<a href=\"https://HOST/c\">"),
            ("<a href='//track%2Erelay.example./c'>", "<a href='//HOST/c'>"),
        ]
        + [
            "<!-- https://track.relay.example/c/7 -->",
            "<a href='https://other.example/?u=https://track.relay.example/'>",
            "<a href=\"https://xtrack.relay.example/\">", "<p title=\"https://track.relay.example/\">",
            "grün 日本 😀 = \t \n",
            "<a href=https://track.relay.example.evil.test/>",
            "<script>var u='https://track.relay.example/'</script>",
            "<p\n>", "</p >\n\n", "&nbsp;&amp;&lt;", "<a href=\"https://u:p@track.relay.example/\">",
            "x@track.relay.example ",
            "From the\n.dot\n", "<td width=\"1\"   >",
        ].map { ($0, $0) }

    static let text: [(String, String)] =
        [
            link("See https://@/c/1.\n"), link("<https://@/c/2>\n"), link("> quoted (http://@/), yes\n"),
            link(" \"https://@/c?a=1&b=2\" "), link("https://@\n"),
        ]
        + [
            "track.relay.example\n", "news@track.relay.example ", "https://xtrack.relay.example/ ",
            "grün 日本 😀 = \t \n",
            "http://other.example/?https://track.relay.example/ ", "\n\n", "-- \n",
        ].map { ($0, $0) }

    private static func link(_ template: String) -> (String, String) {
        (
            template.replacing("@import", with: "#import").replacing("@", with: "track.relay.example")
                .replacing("#import", with: "@import"),
            template.replacing("@import", with: "#import").replacing("@", with: "HOST").replacing(
                "#import", with: "@import")
        )
    }
}
