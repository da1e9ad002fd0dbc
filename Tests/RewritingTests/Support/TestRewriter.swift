import DomainNames

@testable import Rewriting

/// Moves every link to `click.acme.example`, as the built-in plugins do, except under `/keep`.
struct TestDecider: LinkDecider {
    var host = "click.acme.example"
    var scheme: String?

    func decide(_ link: Link, answer: inout [UInt8]) -> LinkDecision {
        let rest = link.url[link.components.rest.start..<link.components.rest.end]
        if rest.starts(with: "/keep".utf8) { return .leave(reason: "kept") }
        var url = Array(link.url[..<link.components.host.start])
        if let scheme, !link.components.scheme.isEmpty {
            url.replaceSubrange(..<link.components.scheme.end, with: scheme.utf8)
        }
        url += host.utf8
        url += link.url[link.components.host.end...]
        answer = url
        return .move(plugin: "test")
    }
}

/// A message rewritten from `track.relay.example` and `*.t.relay.example`.
struct Rewritten {
    var result: RewriteResult
    var text: String

    init(
        message: [UInt8], decider: TestDecider = TestDecider(),
        policy change: (inout RewritePolicy) -> Void = { _ in }
    ) {
        var policy = RewritePolicy(
            defaultDomains: ["track.relay.example", "*.t.relay.example"].compactMap(DomainPattern.init))
        change(&policy)
        guard let raw = RawMessage(message) else {
            result = RewriteResult()
            text = "not a message"
            return
        }
        result = message[raw.bodyStart...].withUnsafeBytes {
            MessageRewriter(policy: policy).rewrite(fields: raw.fields, body: $0, decider: decider)
        }
        text = String(decoding: raw.applying(result), as: UTF8.self)
    }

    init(
        _ message: String, decider: TestDecider = TestDecider(),
        policy: (inout RewritePolicy) -> Void = { _ in }
    ) {
        self.init(message: Array(message.utf8), decider: decider, policy: policy)
    }

    /// The body of a single part.
    var body: String { text.range(of: "\n\n").map { String(text[$0.upperBound...]) } ?? text }

    /// `place reason url` for each place that stays.
    var left: [String] { result.left.map { "\($0.place) | \($0.reason) | \($0.url)" } }
}

func html(_ body: String, decider: TestDecider = TestDecider()) -> Rewritten {
    Rewritten("Content-Type: text/html; charset=utf-8\n\n" + body, decider: decider)
}

func plain(_ body: String) -> Rewritten {
    Rewritten("Subject: x\n\n" + body)
}

extension String {
    func range(of needle: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }

    /// With every `T` host replaced: what a full rewrite gives.
    var moved: String {
        split(separator: "track.relay.example", omittingEmptySubsequences: false).joined(
            separator: "click.acme.example")
    }
}
