import Foundation
import Testing

@testable import Rewriting

/// What holds for every message, tried on messages made at random from fixed seeds.
@Suite struct PropertyTests {
    static let seeds: Range<UInt64> = 0..<200
    /// Shorter than the default domain, of its length, longer.
    static let hosts = [
        "c.example", "click.acme.exampl", "a-very-long-name-for-tracking.customers.acme.example",
    ]

    @Test func `where there is no link, nothing is edited`() {
        for seed in Self.seeds {
            let message = GeneratedMessage(seed: seed, host: "c.example", lineEnd: "\r\n", hasLinks: false)
            let result = Rewritten(message: message.raw).result
            #expect(
                result.bodyEdits.isEmpty && result.headerEdits.isEmpty && result.rewritten.isEmpty,
                "seed \(seed)")
        }
    }

    @Test(arguments: hosts, ["\n", "\r\n"])
    func `every link moves, and the decoded content is else the same`(_ host: String, _ lineEnd: String) {
        for seed in Self.seeds {
            let message = GeneratedMessage(seed: seed, host: host, lineEnd: lineEnd)
            let delivered = Self.rewritten(message.raw, host)
            for (number, part) in message.parts.enumerated() {
                #expect(
                    message.content(ofPart: number, in: message.raw) == part.before, "the test's own reading")
                #expect(
                    message.content(ofPart: number, in: delivered) == part.after,
                    "seed \(seed), part \(number)")
            }
        }
    }

    @Test(arguments: hosts) func `outside the edits every byte is the sender's`(_ host: String) throws {
        for seed in Self.seeds {
            let message = GeneratedMessage(seed: seed, host: host, lineEnd: "\r\n")
            let result = Rewritten(message: message.raw, decider: TestDecider(host: host)).result
            let raw = try #require(RawMessage(message.raw))
            let body = Array(message.raw[raw.bodyStart...])
            var position = 0
            for edit in result.bodyEdits {
                #expect(position <= edit.range.start && edit.range.end <= body.count, "seed \(seed)")
                position = edit.range.end
                #expect(
                    !body[edit.range.start..<edit.range.end].elementsEqual(edit.replacement),
                    "an edit that edits nothing")
            }
            // In 8bit, an edit is within the host.
            if message.parts.count == 1, message.parts[0].encoding == .identity {
                for edit in result.bodyEdits {
                    let old = String(decoding: body[edit.range.start..<edit.range.end], as: UTF8.self)
                    #expect(old.utf8.count <= 28 && !old.contains("/"), "seed \(seed): \(old)")
                }
            }
        }
    }

    @Test(arguments: hosts, ["\n", "\r\n"]) func `a second pass changes nothing`(
        _ host: String, _ lineEnd: String
    ) {
        for seed in Self.seeds {
            let message = GeneratedMessage(seed: seed, host: host, lineEnd: lineEnd)
            let once = Self.rewritten(message.raw, host)
            #expect(Self.rewritten(once, host) == once, "seed \(seed)")
        }
    }

    @Test(arguments: hosts) func `LF and CRLF make no difference but themselves`(_ host: String) {
        for seed in Self.seeds {
            let unix = Self.rewritten(GeneratedMessage(seed: seed, host: host, lineEnd: "\n").raw, host)
            let wire = Self.rewritten(GeneratedMessage(seed: seed, host: host, lineEnd: "\r\n").raw, host)
            let converted = unix.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
            #expect(
                String(decoding: converted, as: UTF8.self) == String(decoding: wire, as: UTF8.self),
                "seed \(seed)")
        }
    }

    @Test(arguments: hosts) func `the transfer encoding makes no difference to what is said`(_ host: String) {
        var random = Seeded(7)
        for seed in Self.seeds {
            var message = GeneratedMessage(seed: seed, host: host, lineEnd: "\r\n")
            guard let content = message.parts.first?.before else { continue }
            let encodings: [(TransferEncoding, String)] = [
                (.identity, "8bit"), (.quotedPrintable, "quoted-printable"), (.base64, "base64"),
            ]
            let said = encodings.map { encoding, name -> String? in
                message.parts[0].encoding = encoding
                let head =
                    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: \(name)\r\nX-Part: 0\r\n\r\n"
                let raw = Array(head.utf8) + message.encode(content, encoding, &random)
                return message.content(ofPart: 0, in: Self.rewritten(raw, host))
            }
            #expect(said[0] != nil && said[0] == said[1] && said[1] == said[2], "seed \(seed)")
        }
    }

    private static func rewritten(_ message: [UInt8], _ host: String) -> [UInt8] {
        guard let raw = RawMessage(message) else { return [] }
        return raw.applying(Rewritten(message: message, decider: TestDecider(host: host)).result)
    }

    @Test(arguments: ["quoted-printable", "base64"])
    func `a part of one line in a file with LF gets no CR`(_ encoding: String) {
        let link = "<a href='https://track.relay.example/c/123456789-123456789-123456789-12345'>"
        let code =
            encoding == "base64" ? Data(link.utf8).base64EncodedString() : link.replacing("=", with: "=3D")
        for end in ["", "\n"] {
            let head = "Content-Type: text/html\nContent-Transfer-Encoding: \(encoding)\n\n"
            let delivered = Self.rewritten(Array((head + code + end).utf8), Self.hosts[2])
            #expect(delivered != Array((head + code + end).utf8) && !delivered.contains(0x0D))
        }
    }
}
