/// Whole messages, made of newsletters.
enum Mails {
    static let trackingDomain = "track.relay.example"

    /// A mail with text and HTML, and perhaps an attachment of as many bytes as given.
    static func alternative(
        _ newsletter: Newsletter, _ encoding: Encoding, attachment: Int = 0, random: inout Random
    ) -> [UInt8] {
        let boundary = "=_alt_" + random.token(24)
        let outer = "=_mixed_" + random.token(24)
        var alternative: [UInt8] = []
        for (type, content) in [("plain", newsletter.text), ("html", newsletter.html)] {
            alternative +=
                """
                --\(boundary)\r
                Content-Type: text/\(type); charset="utf-8"\r
                Content-Transfer-Encoding: \(encoding.rawValue)\r
                \r\n
                """.utf8
            alternative += encoding.encode(content.utf8) + [0x0D, 0x0A]
        }
        alternative += "--\(boundary)--\r\n".utf8
        let type = "multipart/alternative; boundary=\"\(boundary)\""
        if attachment == 0 { return header(type, random: &random) + alternative }

        var mail = header("multipart/mixed; boundary=\"\(outer)\"", random: &random)
        mail += "--\(outer)\r\nContent-Type: \(type)\r\n\r\n".utf8
        mail += alternative
        mail +=
            """
            --\(outer)\r
            Content-Type: application/pdf; name="catalogue.pdf"\r
            Content-Disposition: attachment; filename="catalogue.pdf"\r
            Content-Transfer-Encoding: base64\r
            \r\n
            """.utf8
        mail += Encoding.base64.encode(bytes(attachment / 78 * 57, random: &random))
        return mail + Array("\r\n--\(outer)--\r\n".utf8)
    }

    /// A mail that is nothing but HTML.
    static func htmlAlone(_ newsletter: Newsletter, _ encoding: Encoding, random: inout Random) -> [UInt8] {
        header("text/html; charset=utf-8", encoding: encoding, random: &random)
            + encoding.encode(newsletter.html.utf8)
    }

    /// A header with the content type given, as an application writes it.
    static func header(_ type: String, encoding: Encoding = .eightBit, random: inout Random) -> [UInt8] {
        let id = random.token(22)
        return Array(
            """
            Return-Path: <bounce+\(id)@mail.acme.example>\r
            Date: Mon, 23 Nov 2026 21:50:08 +0000\r
            From: "Acme Newsletter" <news@acme.example>\r
            Reply-To: hello@acme.example\r
            To: customer-\(random.number(1...9_999_999))@customer.example\r
            Message-ID: <\(id)@mail.acme.example>\r
            Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_der_Werkstatt?= =?utf-8?Q?_\(random.number(1...999))?=\r
            MIME-Version: 1.0\r
            Content-Type: \(type)\r
            Content-Transfer-Encoding: \(encoding.rawValue)\r
            List-Unsubscribe: <https://lists.acme.example/u/\(id)>,\r
            \u{20}<mailto:unsubscribe+\(id)@acme.example?subject=unsubscribe>\r
            List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
            Precedence: bulk\r
            X-Campaign: \(random.token(16))\r
            X-Mailer: Acme Campaigns 4.2\r
            \r\n
            """.utf8)
    }

    /// What compressed files look like.
    static func bytes(_ count: Int, random: inout Random) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count { buffer[index] = UInt8(truncatingIfNeeded: random.next() >> 32) }
            initialized = count
        }
    }

    /// A message of one shape for the tables: about `size` bytes in all, `links` of them tracked.
    static func shaped(size: Int, links: Int, _ encoding: Encoding) -> [UInt8] {
        var random = Random(UInt64(size &* 31 &+ links))
        let content = encoding == .base64 ? size * 57 / 78 : size
        let newsletter = Newsletter(
            size: max(4000, content * 4 / 5), links: links,
            hosts: .init(tracking: links > 0 ? trackingDomain : nil), random: &random)
        return alternative(newsletter, encoding, random: &random)
    }
}

/// The two mixtures that the alternatives were measured on.
enum Mixture {
    /// Mails of 5 to 120 KB: 60 % quoted-printable, 20 % base64, 20 % 8bit; 20 to 80 links; a third of the mails
    /// has no tracked one.
    static func small(count: Int = 120) -> [[UInt8]] { mails(count, attachments: false) }

    /// The same, with an attachment of 1 to 5 MB on every twenty-fifth.
    static func all(count: Int = 120) -> [[UInt8]] { mails(count, attachments: true) }

    private static func mails(_ count: Int, attachments: Bool) -> [[UInt8]] {
        var random = Random(20_261_123)
        return (0..<count).map { index in
            let encoding: Encoding =
                index % 5 < 3 ? .quotedPrintable : index % 5 == 3 ? .base64 : .eightBit
            // Text, encoding and headers come on top of the HTML.
            let size = random.number(3...80) * 1000
            let tracking = index % 3 == 0 ? nil : Mails.trackingDomain
            let newsletter = Newsletter(
                size: size, links: random.number(20...80), hosts: .init(tracking: tracking), random: &random)
            let attachment = random.number(1_000_000...5_000_000)
            let hasAttachment = attachments && index % 25 == 12
            return Mails.alternative(
                newsletter, encoding, attachment: hasAttachment ? attachment : 0, random: &random)
        }
    }
}
