import Testing

@testable import Rewriting

/// RFC 3676: a soft line break in the middle of a URL.
@Suite struct FlowedTextTests {
    private func flowed(_ body: String, _ parameters: String = "format=Flowed; DelSp=Yes") -> Rewritten {
        Rewritten("Content-Type: text/plain; \(parameters)\n\n" + body)
    }

    @Test(arguments: [
        ("https://track. \nrelay.example/c/1", "https://click.acme.example/c/1"),
        ("> https://track. \n> relay.example/c/1 \n> 23", "> https://click.acme.example/c/1 \n> 23"),
        (">> https:// \n>> track.relay.example/c/1", ">> https:// \n>> click.acme.example/c/1"),
        (" https:// \n track.relay.example/c/1", " https:// \n click.acme.example/c/1"),
        ("htt \nps://track.relay.example/c/1", "htt \nps://click.acme.example/c/1"),
        ("https://track.relay.example \n/c/1", "https://click.acme.example \n/c/1"),
        (
            "see https://track.re \nlay.ex \nample/c/ \n1, https://track.relay.example/c/2 \nx",
            "see https://click.acme.example/c/ \n1, https://click.acme.example/c/2 \nx"
        ),
        (
            "https://track.relay.example/c/1. \nhttps://track.relay.example \nGo",
            "https://click.acme.example/c/1. \nhttps://click.acme.example \nGo"
        ),
    ])
    func `the host of a URL in several lines is found`(_ source: String, _ expected: String) {
        for lineEnd in ["\n", "\r\n"] {
            let rewritten = flowed(source.replacingLineEnds(lineEnd))
            #expect(rewritten.body.replacingLineEnds("\n") == expected)
            #expect(rewritten.left.isEmpty)
            #expect(flowed(rewritten.body).result.rewritten.isEmpty)
        }
    }

    @Test func `the account shows the URL as it reads`() {
        let rewritten = flowed("https://track. \nrelay.example \n/c/1 \n2").result.rewritten
        #expect(rewritten.map(\.before) == ["https://track.relay.example/c/1"])
        #expect(rewritten.map(\.after) == ["https://click.acme.example/c/1"])
    }

    @Test(arguments: [
        ("https://track.relay.example \n.evil.test/", []),
        (
            "https://track.relay.example \n@evil.test/",
            ["text | not a link | https://track.relay.example@evil.test/"]
        ),
        ("track. \nrelay.example", ["text | not a link | track.relay.example"]),
        ("mailto:a@track. \nrelay.example", ["text | mail address | a@track.relay.example"]),
        ("> https://track. \n>> relay.example/", []),
        ("https://track. \n> relay.example/", []),
        ("https://track.\nrelay.example/", []),
        ("https://track.-- \nrelay.example/", []),
        ("x \n-- \nhttps://track. \n-- \nrelay.example/", []),
    ])
    func `what reads as another host stays`(_ source: String, _ left: [String]) {
        #expect(flowed(source).body == source)
        #expect(flowed(source).left == left)
    }

    @Test(arguments: ["format=flowed", "format=flowed; delsp=no", "delsp=yes", "format=fixed; delsp=yes"])
    func `elsewhere a space ends a URL`(_ parameters: String) {
        #expect(flowed("https://track. \nrelay.example/", parameters).result.rewritten.isEmpty)
        #expect(
            flowed("https://track.relay.example \n.evil.test/", parameters).body
                == "https://click.acme.example \n.evil.test/")
    }

    @Test(arguments: ["quoted-printable", "base64"])
    func `soft breaks are found in every transfer encoding`(_ encoding: String) {
        let body =
            encoding == "base64"
            ? "aHR0cHM6Ly90cmFjay4gCnJlbGF5LmV4YW1wbGUvYy8x" : "https://track.=20\nrelay.=\nexample/c/1"
        let rewritten = flowed(body, "format=flowed; delsp=yes\nContent-Transfer-Encoding: " + encoding)
        #expect(
            rewritten.body
                == (encoding == "base64"
                    ? "aHR0cHM6Ly9jbGljay5hY21lLmV4YW1wbGUvYy8x" : "https://click.acme.=\nexample/c/1"))
    }
}

extension String {
    fileprivate func replacingLineEnds(_ lineEnd: String) -> String {
        split(omittingEmptySubsequences: false) { $0.isNewline }.joined(separator: lineEnd)
    }
}
