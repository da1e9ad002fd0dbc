/// A newsletter as campaign tools write it: nested tables, every style inline, a style sheet for the readers that
/// have one, conditional comments for Outlook, a filler that keeps the preview short, and a text of the same.
struct Newsletter {
    /// The hosts of its links.
    struct Hosts {
        /// Carries the tracked links; nil where there are none.
        var tracking: String?
        /// The sender's own, for links that nobody tracks.
        var own = "www.acme.example"
    }

    /// The `text/html` part in UTF-8, about as many bytes as asked for.
    private(set) var html = ""
    /// The `text/plain` part.
    private(set) var text = ""
    private var random: Random
    private let hosts: Hosts
    private var linksLeft: Int

    /// - Parameters:
    ///   - size: of the HTML.
    ///   - links: tracked ones, or as many of the sender's own.
    init(size: Int, links: Int, hosts: Hosts, random seed: inout Random) {
        random = Random(seed.next())
        self.hosts = hosts
        linksLeft = links
        addHead()
        // What a block without a link in it takes, about: how many go between two links.
        let footer = 900
        while html.utf8.count < size - footer {
            let done = Double(html.utf8.count) / Double(max(1, size - footer))
            let isDue = linksLeft > 0 && Double(links - linksLeft) <= done * Double(links)
            if isDue { addOffer() } else { addParagraph() }
        }
        while linksLeft > 1 { addBareLink() }
        addFooter()
    }

    // MARK: Blocks

    private mutating func addHead() {
        html += """
            <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
            "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\r
            <html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" \
            xmlns:o="urn:schemas-microsoft-com:office:office" lang="en">\r
            <head>\r
            <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />\r
            <meta name="viewport" content="width=device-width, initial-scale=1.0" />\r
            <title>\(words(6))</title>\r
            <!--[if mso]>\r
            <noscript><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch>\
            </o:OfficeDocumentSettings></xml></noscript>\r
            <![endif]-->\r
            <style type="text/css">\r
            body { margin: 0 !important; padding: 0 !important; -webkit-text-size-adjust: 100%; }\r
            table, td { border-collapse: collapse; mso-table-lspace: 0pt; mso-table-rspace: 0pt; }\r
            img { border: 0; height: auto; line-height: 100%; outline: none; text-decoration: none; }\r
            a[x-apple-data-detectors] { color: inherit !important; text-decoration: none !important; }\r
            @media only screen and (max-width: 600px) {\r
              .container { width: 100% !important; max-width: 100% !important; }\r
              .column { display: block !important; width: 100% !important; }\r
              .hide { display: none !important; max-height: 0 !important; overflow: hidden; }\r
              h1 { font-size: 26px !important; line-height: 1.2 !important; }\r
            }\r
            </style>\r
            </head>\r
            <body style="margin:0;padding:0;background-color:#f4f4f7;width:100%">\r
            <div style="display:none;max-height:0;overflow:hidden;font-size:1px;color:#f4f4f7">\(words(9))\
            \(String(repeating: "&nbsp;&#8203;", count: random.number(10...40)))</div>\r
            <table role="presentation" width="100%" border="0" cellspacing="0" cellpadding="0">\r
            <tr><td align="center" valign="top" style="padding:24px 0">\r
            <!--[if mso | IE]><table role="presentation" width="600" align="center"><tr><td><![endif]-->\r
            <table role="presentation" class="container" width="600" border="0" cellspacing="0" cellpadding="0" \
            style="width:600px;max-width:600px;background-color:#ffffff">\r\n
            """
        text += words(6) + "\r\n\r\n"
    }

    private mutating func addParagraph() {
        let sentences = (0..<random.number(2...5)).map { _ in words(random.number(6...18)) + "." }
        let body = sentences.joined(separator: random.chance(20) ? "&nbsp;" : " ")
        html += """
            <tr>\r
            <td align="left" class="column" style="padding:\(random.number(0...40))px 32px 8px 32px;\
            font-family:Arial,'Helvetica Neue',Helvetica,sans-serif;font-size:16px;line-height:24px;\
            color:#333333;mso-line-height-rule:exactly">\r
            <p style="margin:0 0 12px 0">\(body)</p>\r
            </td>\r
            </tr>\r\n
            """
        if random.chance(50) { text += sentences.joined(separator: " ") + "\r\n\r\n" }
    }

    private mutating func addOffer() {
        let link = link("c")
        let picture = "https://cdn.acme.example/i/\(random.number(1000...99999))/\(random.token(12)).png"
        let price = "\(random.number(5...199)),\(random.number(10...99))\u{A0}€"
        html += """
            <tr><td style="padding:16px 32px">\r
            <table role="presentation" width="100%" border="0" cellspacing="0" cellpadding="0"><tr>\r
            <td width="\(random.number(20...50))%" valign="top"><img src="\(picture)" alt="\(words(3))" \
            width="\(random.number(80...280))" height="160" style="display:block;border:0" /></td>\r
            <td valign="top" style="padding-left:16px;font-family:Arial,sans-serif;font-size:14px">\r
            <h2 style="margin:0;font-size:18px;line-height:1.3;color:#1a1a1a">\(words(4)) &amp; \(words(2))</h2>\r
            <p style="margin:8px 0">\(words(random.number(8...20))) – <strong>\(price)</strong></p>\r
            <a href="\(link.replacing("&", with: "&amp;"))" target="_blank" \
            style="display:inline-block;padding:12px 24px;background-color:#0b5fff;border-radius:4px;color:#ffffff;\
            text-decoration:none;font-weight:bold">\(words(2))&nbsp;&rarr;</a>\r
            </td></tr></table>\r
            </td></tr>\r\n
            """
        if random.chance(30) { text += words(6) + " – " + price + "\r\n" + link + "\r\n\r\n" }
    }

    private mutating func addBareLink() {
        html += "<a href=\"\(link("c").replacing("&", with: "&amp;"))\">\(words(1))</a>\r\n"
    }

    private mutating func addFooter() {
        let unsubscribe = linksLeft > 0 ? link("u") : "https://\(hosts.own)/unsubscribe"
        html += """
            </table>\r
            <!--[if mso | IE]></td></tr></table><![endif]-->\r
            <p style="font-family:Arial,sans-serif;font-size:12px;line-height:18px;color:#888888">\
            &copy; 2026 Acme &middot; \(words(8)) &middot; \
            <a href="\(unsubscribe.replacing("&", with: "&amp;"))" style="color:#888888;text-decoration:underline">\
            Unsubscribe</a></p>\r
            </td></tr></table>\r
            <img src="https://\(hosts.tracking ?? hosts.own)/o/\(random.token(32)).gif" width="1" height="1" \
            alt="" style="display:block;width:1px;height:1px" />\r
            </body>\r
            </html>\r\n
            """
        text += "--\r\nUnsubscribe: \(unsubscribe)\r\n"
    }

    // MARK: Words

    private mutating func link(_ kind: String) -> String {
        linksLeft -= 1
        let host = hosts.tracking ?? hosts.own
        return "https://\(host)/\(kind)/\(random.token(random.number(24...90)))"
            + "?u=\(random.number(10000...99999))&id=\(random.token(10))"
    }

    private static let vocabulary = """
        the a and of to in with for your our new season offer today only until Sunday free delivery from style home \
        garden kitchen summer winter collection discover more save now members exclusive early access gift voucher \
        selected items while stocks last café naïve Größe schöne für Straße déjà prêt señor mañana quality crafted \
        sustainable cotton leather linen favourite picks editors choice weekend story behind the scenes workshop
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    private mutating func words(_ count: Int) -> String {
        (0..<count).map { _ in random.pick(Newsletter.vocabulary) }.joined(separator: " ")
    }
}

extension String {
    /// Without Foundation.
    fileprivate func replacing(_ character: Character, with replacement: String) -> String {
        split(separator: character, omittingEmptySubsequences: false).joined(separator: replacement)
    }
}
