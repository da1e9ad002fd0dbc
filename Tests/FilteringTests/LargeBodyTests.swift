import Foundation
import Glibc
import Rewriting
import Synchronization
import Testing

@testable import Filtering

@Suite struct LargeBodyTests {
    private static let link = "<p><a href=\"https://track.relay.example/c/1\">see</a></p>\r\n"

    /// As many links as make about `size` bytes.
    private static func page(_ size: Int) -> [UInt8] {
        Array(String(repeating: link, count: size / link.utf8.count).utf8)
    }

    private static func moved(_ page: [UInt8]) -> [UInt8] {
        Array(String(decoding: page, as: UTF8.self).replacing("//track.relay", with: "//click.acme").utf8)
    }

    @Test(arguments: [MessageBody.smallSize, MessageBody.largeSize], [-1, 0, 1, 2_000_000])
    func `a body is the same in memory and in a file`(limit: Int, over: Int) throws {
        var page = Self.page(limit + over)
        page += Array(repeating: UInt8(ascii: "x"), count: max(0, limit + over - page.count))
        let (_, outcome) = try TestConfiguration(senders: ["acme": LinkFilterTests.acme]).filter(
            ["Content-Type: text/html"], body: page, pieces: 65535, envelope: LinkFilterTests.envelope)
        guard case .change(_, let body?)? = outcome else {
            Issue.record("not changed")
            return
        }
        #expect(body.count == Self.moved(page).count)
        #expect(body.bytes == Self.moved(page))
    }

    /// In a process of its own, whose files end at 5 MB.
    @Test(arguments: ["accept", "tempfail"])
    func `where a large body can't be kept, on_error decides`(onError: String) async {
        await #expect(processExitsWith: .success) { [onError] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 5_000_000, rlim_max: 5_000_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let log = TestLog()
            let outcome = try TestConfiguration(
                "on_error: \(onError)", senders: ["acme": LinkFilterTests.acme]
            ).filter(
                ["Content-Type: text/html"], body: LargeBodyTests.page(6_000_000), pieces: 65535,
                envelope: LinkFilterTests.envelope, log: log
            ).outcome
            switch outcome {
            case .accept?: #expect(onError == "accept")
            case .tempfail?: #expect(onError == "tempfail")
            default: Issue.record("\(String(describing: outcome))")
            }
            let line = try #require(log.lines.last)
            #expect(line.hasPrefix("error 4c1B2x3: cannot keep ") && line.contains("File too large"))
            #expect(line.hasSuffix(onError == "accept" ? "; delivered as it came" : "; refused for now"))
        }
    }

    @Test func `a body in pieces is the body in one`() {
        var random = SeededGenerator(state: 7)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { UInt8($0 & 255) }
            var edits: [Edit] = []
            var position = 0
            while true {
                let start = position + Int.random(in: 0...60, using: &random)
                let end = start + Int.random(in: 0...60, using: &random)
                if end > bytes.count { break }
                let length = Int.random(in: 0...90, using: &random)
                edits.append(Edit(ByteRange(start, end), Array(repeating: 0xEE, count: length)))
                position = end
            }
            var pieces: [[UInt8]] = []
            let size = Int.random(in: 1...80, using: &random)
            let taken = bytes.withUnsafeBytes { bytes in
                bytes.applying(edits, inPiecesOf: size) { piece in
                    pieces.append(Array(piece))
                    return true
                }
            }
            #expect(taken && Array(pieces.joined()) == bytes.applying(edits))
            #expect(pieces.dropLast().allSatisfy { $0.count == size } && pieces.last?.isEmpty != true)
        }
    }

    @Test func `large messages stay within their budget together`() {
        let gate = LargeMessages()
        let state = Mutex((now: 0, most: 0, done: [Int]()))
        DispatchQueue.concurrentPerform(iterations: 16) { number in
            // One is larger than the budget: it is let in alone.
            let size = number == 3 ? 500 : 40
            gate.work(size: size, budget: 100) {
                state.withLock { $0 = ($0.now + size, max($0.most, $0.now + size), $0.done + [number]) }
                usleep(2000)
                state.withLock { state in
                    if size == 500 { #expect(state.now == 500) }
                    state.now -= size
                }
            }
        }
        state.withLock { state in
            #expect(state.now == 0 && state.done.sorted() == Array(0..<16))
            #expect(state.most == 500)
        }
    }

    @Test func `bodies between small and large share a budget, and go into files beyond it`() {
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        func body() -> MessageBody {
            let body = MessageBody()
            for _ in 0..<3 { piece.withUnsafeBytes(body.append) }
            return body
        }
        for _ in 0..<2 {
            let bodies = (0..<20).map { _ in body() }
            let files = bodies.count { $0.isInFile }
            // Other tests have some of the budget, too.
            #expect(files >= 10 && files < 15)
            #expect(bodies.allSatisfy { $0.count == 3 << 20 })
        }
    }

    @Test(arguments: [1000, 20_000])
    func `a header of very many fields leaves the message as it came`(fields: Int) throws {
        let log = TestLog()
        let header = LinkFilterTests.header + Array(repeating: "X-A: b", count: fields)
        let (steps, outcome) = try TestConfiguration(senders: ["acme": LinkFilterTests.acme]).filter(
            header, body: LinkFilterTests.body, envelope: LinkFilterTests.envelope, log: log)
        #expect((steps.last == .accept) == (fields == 20_000))
        #expect((outcome == nil) == (fields == 20_000))
        #expect(
            (log.lines.last?.contains("unchanged: the header is over 1048576 bytes") == true)
                == (fields == 20_000))
    }
}
