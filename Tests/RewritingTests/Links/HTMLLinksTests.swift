import Testing

@testable import Rewriting

@Suite struct HTMLLinksTests {
    static let moving = [
        "<a href=\"https://track.relay.example/c/1?a=1&amp;b=2\">x</a>",
        "<A HREF='http://track.relay.example/c/1'>x</A>",
        "<a href = https://track.relay.example/c/1>x</a>",
        "<a\nhref\n=\n\"https://track.relay.example/c/1\"\n>x</a>",
        "<a href=\"//track.relay.example/c/1\">x</a>",
        "<a href=\" https://track.relay.example/c/1 \">x</a>",
        "<a href=\"https:\\\\track.relay.example\\c\\1\">x</a>",
        "<a href=\"https:track.relay.example/c/1\">x</a>",
        "<a href=\"https:///track.relay.example/c/1\">x</a>",
        "<a href=\"https://track.relay.example:8443/c/1\">x</a>",
        "<a href=\"https://@track.relay.example/c/1\">x</a>",
        "<a title=\"a > b\" href=\"https://track.relay.example/c/1\">x</a>",
        "<a b=\"x\"href=\"https://track.relay.example/c/1\">x</a>",
        "<area href=\"https://track.relay.example/c/1\">",
        "<link rel=stylesheet href=\"https://track.relay.example/i/s.css\">",
        "<base href=\"https://track.relay.example/\">",
        "<img src=\"https://track.relay.example/o/1.gif\" width=1>",
        "<td background=\"https://track.relay.example/i/b.png\">",
        "<form action=\"https://track.relay.example/f/1\"><button formaction=\"https://track.relay.example/f/2\">",
        "<video poster=\"https://track.relay.example/i/p\" src=\"https://track.relay.example/i/v\">",
        "<object data=\"https://track.relay.example/i/o\">",
        "<blockquote cite=\"https://track.relay.example/c/1\"><img longdesc=\"https://track.relay.example/c/2\">",
        "<img srcset=\"https://track.relay.example/i/1 1x, https://track.relay.example/i/2 2x\">",
        "<img srcset=\"https://track.relay.example/i/1,https://track.relay.example/i/2\">"
            .replacingSecondHost,
        "<link imagesrcset=\"https://track.relay.example/i/1 100w,https://track.relay.example/i/2 200w\">",
        "<meta http-equiv=\"Refresh\" content=\"0; url=https://track.relay.example/c/1\">",
        "<meta content=\"5;URL='https://track.relay.example/c/1'\" http-equiv=refresh>",
        "<td style=\"background:url(https://track.relay.example/i/b.png) no-repeat\">",
        "<td style='background:url(\"https://track.relay.example/i/b.png\")'>",
        "<td style=\"background:url(&quot;https://track.relay.example/i/b.png&quot;)\">",
        "<style>a{background:URL( 'https://track.relay.example/i/1' )}@import \"https://track.relay.example/s\";</style>",
        "<style>@import url(//track.relay.example/s);</style>",
        "<style>a{b:url(\"https://track.relay.example/\\c\r\n1\")}@import \"//track.relay.example/s\";</style>",
        "<style>a{b:url(https:\\2F\r\n/track.relay.example/c)}</style>",
        "<!--[if mso]><v:rect href=\"https://track.relay.example/c/1\"><v:fill src=\"https://track.relay.example/i/1\"/><![endif]-->",
        "<!--[if !mso]><!--><a href=\"https://track.relay.example/c/1\">x</a><!--<![endif]-->",
        "<![if !mso]><a href=\"https://track.relay.example/c/1\">x</a><![endif]>",
        "<!--[if gte mso 9]><!--[if mso 15]><a href=\"https://track.relay.example/c/1\">x</a><![endif]--><![endif]-->",
        "<svg><a href=\"https://track.relay.example/c/1\"/><image xlink:href=\"https://track.relay.example/i/1\"/></svg>",
        "<math href=\"https://track.relay.example/c/1\">",
        "<script type=\"application/ld+json\">{\"url\": \"https://track.relay.example/c/1\"}</script>",
        "<script type='application/LD+JSON; x'>[\"see https://track.relay.example/c/1 now\"]</script>",
        "<p>see https://track.relay.example/c/1, or (http://track.relay.example/c/2).</p>",
        "<noscript><img src=https://track.relay.example/o/1></noscript>",
        "<template><img src=https://track.relay.example/o/1></template>",
        "<svg><style>@import url(//track.relay.example/s);a{b:url(//track.relay.example/1),url(//track.relay.example/2)}</style></svg>",
        "<svg><style>a{b:url(&quot;https://track.relay.example/1?a&amp;b&quot;)}</style></svg>",
        "<svg><style><![CDATA[a{b:url('//track.relay.example/1')}]]></style>https://track.relay.example/c/2</svg>",
        "<svg><style/>https://track.relay.example/c/1<b>https://track.relay.example/c/2</b></svg>",
        "<svg><script type=application/ld+json>{\"u\":\"//track.relay.example/c/1\"}</script></svg>",
        "<svg><style><a href=\"https://track.relay.example/c/1\"></svg>",
        "<!--[if mso]><svg><style><a href=\"https://track.relay.example/c/2\"><style><![endif]--><p>https://track.relay.example/c/1</p>",
        "<svg><title><a href=\"https://track.relay.example/c/1\"></title></svg>",
        "<title>x</title ><a href=https://track.relay.example/c/1>",
        "<style>/*</style><a href=https://track.relay.example/c/1>",
    ]

    @Test(arguments: moving)
    func `every place of the table is rewritten, and nothing else`(_ source: String) {
        #expect(html(source).body == source.moved.restoringSecondHost)
    }

    /// Other spellings of the host itself: it is the custom domain's own spelling that comes.
    @Test(arguments: [
        ("<a href=\"https://TRACK.Relay.Example/c/1\">", "<a href=\"https://click.acme.example/c/1\">"),
        (
            "<a href=\"https://tr&#97;ck&period;relay.ex&#x61;mple/c\">",
            "<a href=\"https://click.acme.example/c\">"
        ),
        (
            "<a href=\"&#104;ttps&colon;&sol;/track.relay.example/c\">",
            "<a href=\"&#104;ttps&colon;&sol;/click.acme.example/c\">"
        ),
        ("<a href=\"https://%74rack.relay%2eexample/c\">", "<a href=\"https://click.acme.example/c\">"),
        ("<a href=\"https://track.relay.example./c\">", "<a href=\"https://click.acme.example/c\">"),
        ("<a href=\"ht\ttps://track.\nrelay.example/c\">", "<a href=\"ht\ttps://click.acme.example/c\">"),
        ("<a href=\"https://\ntrack.relay.example\n/c\">", "<a href=\"https://\nclick.acme.example\n/c\">"),
        ("<a href=\"https://track\u{3002}relay.example/c\">", "<a href=\"https://click.acme.example/c\">"),
        ("<a href=\"https://\u{FF54}rack.relay.example/c\">", "<a href=\"https://click.acme.example/c\">"),
        ("<a href=\"https://x.y.t.relay.example/c\">", "<a href=\"https://click.acme.example/c\">"),
        (
            "<style>a{b:u\\72l(https://tr\\61 ck.relay.example/i)}</style>",
            "<style>a{b:u\\72l(https://click.acme.example/i)}</style>"
        ),
        (
            "<script type=application/ld+json>{\"u\":\"https:\\/\\/track.relay\\u002eexample\\/c\"}</script>",
            "<script type=application/ld+json>{\"u\":\"https:\\/\\/click.acme.example\\/c\"}</script>"
        ),
    ])
    func `a host in disguise is found`(_ source: String, _ expected: String) {
        #expect(html(source).body == expected)
    }

    @Test(arguments: [
        ("<a href=\"https://track.relay.example.evil.test/\">", [String]()),
        ("<a href=\"https://xtrack.relay.example/\">", []),
        ("<a href=\"https://t.relay.example/\">", []),
        ("<a href=\"ftp://track.relay.example/\">", ["a[href] | not a link | //track.relay.example/"]),
        (
            "<a href=\"https://track.relay.example:99999/\">",
            ["a[href] | invalid URL | https://track.relay.example:99999/"]
        ),
        (
            "<a href=\"https://other.example/?u=https%3A%2F%2Ftrack.relay.example%2Fc\">",
            ["a[href] | nested | https%3A%2F%2Ftrack.relay.example%2Fc"]
        ),
        (
            "<a href=\"https://u:p@track.relay.example/\">",
            ["a[href] | userinfo | https://u:p@track.relay.example/"]
        ),
        (
            "<a href=\"https://track.relay.example@evil.test/\">",
            ["a[href] | not a link | https://track.relay.example@evil.test/"]
        ),
        ("<a href=\"mailto:a@track.relay.example\">", ["a[href] | mail address | a@track.relay.example"]),
        (
            "<a href=x href=\"https://track.relay.example/\">",
            ["a[href] | duplicate attribute | https://track.relay.example/"]
        ),
        (
            "<img alt=\"https://track.relay.example/\">",
            ["img[alt] | not a place for links | https://track.relay.example/"]
        ),
        (
            "<a data-href=\"//track.relay.example/\">",
            ["a[data-href] | not a place for links | //track.relay.example/"]
        ),
        (
            "<!-- https://track.relay.example/c -->",
            ["comment | html comment | https://track.relay.example/c"]
        ),
        (
            "<script>x='https://track.relay.example/c'</script>",
            ["script | script | https://track.relay.example/c"]
        ),
        (
            "<svg><script>x='https://track.relay.example/c'</script></svg>",
            ["script | script | https://track.relay.example/c"]
        ),
        (
            "<svg><style>/*https://track.relay.example/c*/</style></svg>",
            ["style | css comment | https://track.relay.example/c*/"]
        ),
        (
            "<title>https://track.relay.example/c</title>",
            ["title | not a place for links | https://track.relay.example/c"]
        ),
        ("<p>track.relay.example</p>", ["text | not a link | track.relay.example"]),
        ("<p>track&#46;relay.example</p>", ["text | not a link | track.relay.example"]),
        (
            "<style>/* url(https://track.relay.example/c) */</style>",
            ["style | css comment | https://track.relay.example/c)"]
        ),
        (
            "<style>a{b:\"https://track.relay.example/c\"}</style>",
            ["style | not a place for links | https://track.relay.example/c"]
        ),
        (
            "<style>a{b:url(\u{1}https://track.relay.example/c)}</style>",
            ["style | not a place for links | https://track.relay.example/c)}"]
        ),
        (
            "<a href=\"https://track.relay.example/keep\">",
            ["a[href] | kept | https://track.relay.example/keep"]
        ),
        (
            "<a href=\"https://track.relay.example/c",
            ["unterminated tag | outside parts | https://track.relay.example/c"]
        ),
        (
            "</a href=\"https://track.relay.example/c\">",
            ["/a | not a place for links | https://track.relay.example/c"]
        ),
        (
            "<xmp><a href=\"https://track.relay.example/c\"></xmp>",
            ["xmp | not a place for links | https://track.relay.example/c"]
        ),
        (
            "<script><!--<script></script><a href=https://track.relay.example/c>--></script>",
            ["script | script | https://track.relay.example/c"]
        ),
    ])
    func `what is no link stays and is accounted for`(_ source: String, _ left: [String]) {
        let rewritten = html(source)
        #expect(rewritten.body == source)
        #expect(rewritten.left == left)
    }

    @Test func `a nested default domain behind a moved host is accounted for`() {
        let rewritten = html("<a href=\"https://track.relay.example/c?u=https://track.relay.example/d\">")
        #expect(rewritten.body == "<a href=\"https://click.acme.example/c?u=https://track.relay.example/d\">")
        #expect(rewritten.left == ["a[href] | nested | https://track.relay.example/d"])
    }

    @Test(arguments: [
        ("https", "http://track.relay.example/c", "https://click.acme.example/c"),
        ("https", "HTTP://track.relay.example/c", "HTTPs://click.acme.example/c"),
        ("https", "//track.relay.example/c", "//click.acme.example/c"),
        ("http", "https://track.relay.example/c", "http://click.acme.example/c"),
    ])
    func `a scheme changes by one letter`(_ scheme: String, _ before: String, _ after: String) {
        let rewritten = html("<a href='\(before)'>", decider: TestDecider(scheme: scheme))
        #expect(rewritten.body == "<a href='\(after)'>")
    }

    @Test func `the account names part, place, plugin and both URLs`() {
        let link = html("<a href='https://track.relay.example/c?a=1&amp;b=2'>").result.rewritten
        #expect(
            link == [
                RewrittenLink(
                    part: "1", place: "a[href]", plugin: "test",
                    old: Array("https://track.relay.example/c?a=1&b=2".utf8),
                    new: Array("https://click.acme.example/c?a=1&b=2".utf8))
            ])
    }
}

extension String {
    /// `srcset="A,B"` is one URL by the standard: its second host stands in the first one's path.
    fileprivate var replacingSecondHost: String { self }
    fileprivate var restoringSecondHost: String {
        split(separator: "/i/1,https://click.acme.example", omittingEmptySubsequences: false).joined(
            separator: "/i/1,https://track.relay.example")
    }
}
