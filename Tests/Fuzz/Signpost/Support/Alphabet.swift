/// What newsletters are glued from.
enum Alphabet {
    static let types = [
        "text/html", "text/plain", "text/x-amp-html", "text/plain; format=flowed", "TEXT/HTML", "image/png",
        "message/rfc822",
    ]
    static let charsets = [
        "utf-8", "", "utf-16", "utf-16le", "utf-16be", "utf-32", "shift_jis", "gbk", "big5", "euc-kr",
        "iso-2022-jp",
        "iso-2022-kr", "hz-gb-2312", "utf-7", "iso-8859-1", "johab",
    ]
    static let encodings = ["quoted-printable", "base64", "7bit", "", "8bit", "binary", "x-uuencode"]

    static let fields = [
        "List-Unsubscribe:", "list-help: ", "Subject: ", "List-Post :", "X-Mailer:", "List-Owner:\t",
    ]
    static let headers =
        urls + [
            "<", ">", ", ", "\n ", "\n\t", "<mailto:a@track.relay.example>", "(", ")", "=?utf-8?q?", "?=",
            "=?utf-8?b?",
        ]

    static let urls = [
        "https://track.relay.example/c/1?a=1&b=2", "http://track.relay.example", "//track.relay.example/o",
        "https://TRACK.relay.example:443/", "https://x.t.relay.example/#f",
        "https://u:p@track.relay.example/",
        "https://@track.relay.example/", "https:\\\\track.relay.example\\c", "https:track.relay.example/",
        "///track.relay.example",
        "https://track.relay.example./x", "https://tr%61ck.relay.example/", "https://track。relay.example/",
        "https://track.relay.example.evil.test/", "https://evil.test/?u=https://track.relay.example/",
        "https://click.acme.example/", "h\nttps://track.relay.example/", " https://track.relay.example/ ",
        "https://track.relay.example/caf\u{e9}", "track.relay.example", "a@track.relay.example",
        "https://xn--/",
        "https%3A%2F%2Ftrack.relay.example%2F", "https://track.relay.example:/",
        "https://track.relay.example:99999/",
        "https:&#47;/tr&#97;ck.relay&period;example/", "https:\\/\\/track.relay.example\\/",
        "https:\\u002f\\u002ftrack.relay.example",
        "\\68 ttps://track.relay.example/", "https://tra\\63k.relay.example/",
        "https://track.&#10;relay.example/",
    ]

    static let text =
        urls + [
            " ", "\n", "\n\n", "> ", ".", ",", ")", "(", "<", ">", "\"", "'", ";", "!", "?", "From ", "-- \n",
            "--", "=", "=3D", "\t",
            "word ", "\u{e9}", "\u{3002}", "\u{1b}$B", "\u{1b}(B", "\u{e}", "\u{f}", "~{", "~}", "~~",
            "+AGg-", "+", "-",
            "-----BEGIN PGP MESSAGE-----\n", "\u{0}", "\r", ":", "/", "http", "s:", "//", "%", "@",
            "a line of text that is as long as lines of text in newsletters usually are, or a bit longer. ",
        ]

    static let html = [
        "<a href=\"", "<a href='", "<a href=", "\">", "'>", ">", "</a>", "<img src=\"", "<img srcset=\"",
        " 1x, ", " 2x",
        "\" style=\"background:url(", ")\"", "<base href=\"", "<form action=\"", "<button formaction=\"",
        "<td background=\"",
        "<video poster=\"", "<object data=\"", "<blockquote cite=\"", "<img longdesc=\"", "<v:rect href=\"",
        "<v:fill src=\"",
        "<svg>", "</svg>", "<svg><a xlink:href=\"", "<math href=\"", "<foreignObject>", "<![CDATA[", "]]>",
        "<meta http-equiv=refresh content=\"0; url=", "<style>", "</style>", "@import \"", "\";", "url(",
        "url('", "')", ")", "/*",
        "*/", "<script type=\"application/ld+json\">", "{\"url\": \"", "\"}", "</script>", "<script>", "<!--",
        "-->",
        "<!--[if mso]>", "<![endif]-->", "<![if !mso]>", "<![endif]>", "<!--[if !mso]><!-->",
        "<!--<![endif]-->", "<title>",
        "</title>", "<textarea>", "</textarea>", "<pre>", "</pre>", "<plaintext>", "<xmp>", "</xmp>",
        "<!doctype html>", "<?xml ?>",
        "</", "<p>", "<br/>", "&amp;", "&#x2f;", "&copy", "&notin;", "alt=\"", "\" title=\"", "\" data-x=\"",
        "\" href=\"", " href = ",
        "<form action-xhr=\"", "<link imagesrcset=\"", "<TABLE CELLPADDING=0 ",
    ]
}
