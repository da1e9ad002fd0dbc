import Testing

@testable import Rewriting

@Suite("Tags that need not be told")
struct QuietTagTests {
    /// What tags are made of, in all the ways in which they are not well made.
    private static let pieces = [
        "<a", "<td", "<script", "<svg", "<style", "</a", "</svg", " ", "\n", "/", "=", "\"", "'", ">", "b",
        "href", "x=\"y\"",
        " c='d'", " e=f", "x\u{e9}", "<!--", "-->", "text", "<", "0",
        " width=\"1\" height=\"2\" style=\"color:#000000\"",
    ]

    @Test("they end where the states of the standard say", arguments: 0..<8)
    func ends(seed: UInt64) {
        var random = Seeded(seed)
        var skipped = 0
        for _ in 0..<5000 {
            let count = Int.random(in: 1...24, using: &random)
            let document = Array(
                (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined().utf8)
            document.withUnsafeBufferPointer { view in
                let all = Recorder.tokens(of: view, isQuiet: false)
                let quiet = Recorder.tokens(of: view, isQuiet: true)
                #expect(all.others == quiet.others, "\(String(decoding: document, as: UTF8.self))")
                skipped += all.startTags - quiet.startTags
            }
        }
        #expect(skipped > 500, "hardly a tag was passed over: \(skipped)")
    }

    @Test(
        "quotes that open no value",
        arguments: [
            "<a b= c=\"x>\">text and more of it", "<a b=c=\"x>\">text and more of it",
            "<a =\"x>\">text and more of it",
            "<a b = \"x>\">text and more of it", "<a \"x>\">text and more of it, so that there is more",
            "<a b=\"1\"c=\">\"/>text and more of it", "<a b==\"x>\">text and more of it",
            "<a/b=\">\">text and more of it",
        ])
    func quotes(document: String) {
        Array(document.utf8).withUnsafeBufferPointer { view in
            #expect(
                Recorder.tokens(of: view, isQuiet: false).others
                    == Recorder.tokens(of: view, isQuiet: true).others)
        }
    }
}

/// Keeps all tokens but start tags, which it counts.
private struct Recorder: HTMLTokenSink {
    private let passesOver: Bool
    private(set) var others: [ByteRange] = []
    private(set) var startTags = 0

    static func tokens(of view: Bytes, isQuiet: Bool) -> Recorder {
        var recorder = Recorder(isQuiet: isQuiet)
        HTMLTokenizer.tokenize(ByteRange(0, view.count), of: view, into: &recorder)
        return recorder
    }

    private init(isQuiet: Bool) {
        passesOver = isQuiet
    }

    func isQuiet(_ tag: ByteRange) -> Bool { passesOver }
    mutating func text(_ range: ByteRange, kind: HTMLTextKind, element: ByteRange) { others.append(range) }
    mutating func comment(_ data: ByteRange) { others.append(data) }
    mutating func doctype(_ range: ByteRange) { others.append(range) }
    mutating func unterminatedTag(_ range: ByteRange) { others.append(range) }
    mutating func endTag(_ range: ByteRange, name: ByteRange) { others.append(range) }
    mutating func startTag(
        _ range: ByteRange, name: ByteRange, attributes: [HTMLAttribute], namespace: HTMLNamespace
    ) { startTags += 1 }
}
