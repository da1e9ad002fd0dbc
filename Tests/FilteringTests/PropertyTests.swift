import Foundation
import Rewriting
import Testing

@testable import Filtering

/// What holds for every message, tried with the messages of the end-to-end tests and the built-in plugins.
@Suite struct PropertyTests {
    private static let endToEnd = URL(filePath: #filePath).appending(path: "../../EndToEnd")
        .standardizedFileURL

    /// Every message that the end-to-end tests send, with CRLF as an MTA gives it.
    private static let messages: [(name: String, bytes: [UInt8])] = {
        let files = FileManager.default.enumerator(at: endToEnd, includingPropertiesForKeys: nil)
        return (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "eml" }
            .sorted { $0.path < $1.path }
            .compactMap { url in
                (try? Data(contentsOf: url)).map { (url.lastPathComponent, wire(Array($0))) }
            }
    }()

    private static func wire(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            if byte == 0x0A, result.last != 0x0D { result.append(0x0D) }
            result.append(byte)
        }
        return result
    }

    private static let plugins = """
        plugins:
          load: [click-tracking: { paths: ["/c/*"] }, open-tracking: { paths: ["/o/*"] }, hosted-content]
        domain_check: { mode: off }
        """

    private static func configuration(_ sender: String) throws -> TestConfiguration {
        try TestConfiguration(plugins, senders: ["acme": "addresses: [\"@acme.example\"]\n" + sender])
    }

    private static let envelope = Envelope(sender: "<news@acme.example>")

    /// The life of a message whose body comes in pieces of `sizes`, again and again.
    private static func run(_ message: RawMessage, by snapshot: Snapshot, sizes: [Int]) -> FilterOutcome? {
        let filter = LinkFilter(snapshot: snapshot) { _, _ in }
        guard filter.begin(envelope) == .proceed else { return nil }
        for field in message.fields { filter.header(field) }
        guard filter.endOfHeaders(queueID: "4c1B2x3") == .proceed else { return nil }
        message.bytes[message.bodyStart...].withUnsafeBytes { body in
            var position = 0
            var turn = 0
            while position < body.count {
                let end = min(body.count, position + sizes[turn % sizes.count])
                _ = filter.body(UnsafeRawBufferPointer(rebasing: body[position..<end]))
                (position, turn) = (end, turn + 1)
            }
        }
        return filter.endOfMessage(queueID: "4c1B2x3")
    }

    private static func isSame(_ one: FilterOutcome?, _ other: FilterOutcome?) -> Bool {
        switch (one, other) {
        case (nil, nil), (.accept, .accept), (.tempfail, .tempfail): true
        case (.change(let headers, let body), .change(let otherHeaders, let otherBody)):
            headers == otherHeaders && body?.bytes == otherBody?.bytes
        default: false
        }
    }

    @Test func `however the body is cut, the outcome is the same`() throws {
        let configuration = try Self.configuration("tracking_domain: click.acme.example")
        let snapshot = try #require(Snapshot.load(file: configuration.file).snapshot)
        #expect(Self.messages.count > 20)
        var random = SeededGenerator(state: 1)
        var changed = 0
        for (name, bytes) in Self.messages {
            let message = try #require(RawMessage(bytes), "\(name)")
            let whole = Self.run(message, by: snapshot, sizes: [bytes.count])
            if case .change? = whole { changed += 1 }
            let small = bytes.count < 3000
            for size in small ? Array(1...64) : [1, 2, 3, 57, 4096] {
                #expect(
                    Self.isSame(whole, Self.run(message, by: snapshot, sizes: [size])),
                    "\(name), \(size) at a time")
            }
            // Every single cut through the body of a small message.
            for cut in stride(from: 1, to: small ? bytes.count - message.bodyStart : 1, by: 7) {
                #expect(
                    Self.isSame(whole, Self.run(message, by: snapshot, sizes: [cut, bytes.count])),
                    "\(name), cut at \(cut)")
            }
            for _ in 0..<5 {
                let sizes = (0..<16).map { _ in Int.random(in: 1...900, using: &random) }
                #expect(
                    Self.isSame(whole, Self.run(message, by: snapshot, sizes: sizes)), "\(name), \(sizes)")
            }
        }
        #expect(changed > 10)
    }

    @Test func `the milter and the command say the same of every message`() throws {
        let configuration = try Self.configuration("tracking_domain: click.acme.example")
        let snapshot = try #require(Snapshot.load(file: configuration.file).snapshot)
        for (name, bytes) in Self.messages {
            let message = try #require(RawMessage(bytes), "\(name)")
            let offline = OfflineRewrite.run(message, envelope: Self.envelope, snapshot: snapshot) { _ in }
            switch Self.run(message, by: snapshot, sizes: [bytes.count]) {
            case .change(_, let body?)?:
                #expect(offline.delivered.suffix(body.count).elementsEqual(body.bytes), "\(name)")
            default:
                #expect(
                    offline.delivered.suffix(bytes.count - message.bodyStart).elementsEqual(
                        bytes[message.bodyStart...]), "\(name)")
            }
            let again = try #require(RawMessage(offline.delivered))
            let second = OfflineRewrite.run(again, envelope: Self.envelope, snapshot: snapshot) { _ in }
            #expect(
                second.delivered == offline.delivered && second.report.rewritten.isEmpty,
                "\(name), a second time")
        }
    }

    // MARK: Scheme and port

    /// The text of a message with this link, after a sender's policy.
    private func moved(_ link: String, _ sender: String) throws -> String {
        let configuration = try Self.configuration(sender)
        let snapshot = try #require(Snapshot.load(file: configuration.file).snapshot)
        let head = "From: news@acme.example\r\nContent-Type: text/html\r\n\r\n<a href=\""
        let message = try #require(RawMessage(Array((head + link + "\">").utf8)))
        let outcome = OfflineRewrite.run(message, envelope: Self.envelope, snapshot: snapshot) { _ in }
        return String(String(decoding: outcome.delivered, as: UTF8.self).dropFirst(head.count).dropLast(2))
    }

    /// What `keep`, `https` and `http` make of a link, without and with a port of the sender's own.
    @Test(arguments: [
        (
            "http://track.relay.example/c/1",
            ["http://k.example/c/1", "https://k.example/c/1", "http://k.example/c/1"],
            ["http://k.example:8443/c/1", "https://k.example:8443/c/1", "http://k.example:8443/c/1"]
        ),
        (
            "HTTPS://track.relay.example:444/c/1",
            ["HTTPS://k.example:444/c/1", "HTTPS://k.example:444/c/1", "HTTP://k.example/c/1"],
            ["HTTPS://k.example:8443/c/1", "HTTPS://k.example:8443/c/1", "HTTP://k.example:8443/c/1"]
        ),
        (
            "http://track.relay.example:80?x",
            ["http://k.example:80?x", "https://k.example?x", "http://k.example:80?x"],
            ["http://k.example:8443?x", "https://k.example:8443?x", "http://k.example:8443?x"]
        ),
        (
            "//track.relay.example:/o/1#f",
            ["//k.example:/o/1#f", "//k.example:/o/1#f", "//k.example:/o/1#f"],
            ["//k.example:8443/o/1#f", "//k.example:8443/o/1#f", "//k.example:8443/o/1#f"]
        ),
        (
            "http:track.relay.example./a//b",
            ["http:k.example/a//b", "https:k.example/a//b", "http:k.example/a//b"],
            ["http:k.example:8443/a//b", "https:k.example:8443/a//b", "http:k.example:8443/a//b"]
        ),
    ])
    func `scheme and port follow the sender's policy`(_ link: String, _ plain: [String], _ ported: [String])
        throws
    {
        for (index, scheme) in ["keep", "https", "http"].enumerated() {
            let policy = "scheme: \(scheme)\ntracking_domain: "
            #expect(try moved(link, policy + "k.example") == plain[index], "\(scheme)")
            #expect(try moved(link, policy + "k.example:8443") == ported[index], "\(scheme), with a port")
        }
    }
}

/// Pseudo-random numbers that are the same in every run (a linear congruential generator).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
