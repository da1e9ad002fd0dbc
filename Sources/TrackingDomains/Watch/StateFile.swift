import Configuration
import DomainNames
import FoundationEssentials
import Glibc

/// The file in which the states of domains survive a restart (`domain_check.state`).
struct StateFile: Sendable {
    let path: String

    /// What a read came to.
    enum Content {
        case missing
        case known([DomainQuestion: WatchTable.Entry])
        /// It is no state file; why.
        case damaged(String)
        /// It cannot be read; why.
        case unreadable(String)
    }

    /// What a file of ten million domains may have.
    private static let maximumSize = 1 << 30

    /// Reads the file. Fields that it does not know are ignored, and so is a domain that makes no sense.
    func read() -> Content {
        var status = stat()
        if stat(path, &status) != 0, errno == ENOENT { return .missing }
        let content: [UInt8]
        do throws(ValueError) {
            content = try FileBytes.read(path, atMost: Self.maximumSize)
        } catch {
            return .unreadable(error.message)
        }
        do {
            return .known(try StateFile.entries(in: content))
        } catch {
            return .damaged("it is not the JSON that signpost writes")
        }
    }

    /// Writes the file in one step: whoever reads it finds the old content or the new, also after a power cut.
    func write(_ entries: [DomainQuestion: WatchTable.Entry], at now: Moment) throws(ValueError) {
        let known = entries.lazy.filter(\.value.state.wasChecked).map(\.key)
        let sorted = known.sorted { $0.precedes($1) }
        var content = StateFile.head
        content.reserveCapacity(sorted.count * 128)
        for (number, question) in sorted.enumerated() {
            guard let entry = entries[question] else { continue }
            let seen = entry.interest == .configuration ? now : entry.lastSeen
            content += Record(question, entry, lastSeen: seen).json.utf8
            content += (number < sorted.count - 1 ? ",\n" : "\n").utf8
        }
        content += StateFile.tail
        try AtomicFile.write(content, to: path)
    }

    /// Puts a damaged file aside, beside its place.
    func putAside() throws(ValueError) {
        guard rename(path, path + ".damaged") == 0 else {
            throw ValueError("cannot be renamed to \(path).damaged: \(lastErrorText())")
        }
    }

    // What we write has a line for each domain, between these two.
    private static let head = Array("{\"domains\":[\n".utf8)
    private static let tail = Array("]}\n".utf8)

    /// Reads what we wrote piece by piece, because the tree of 100,000 domains would take a hundred megabytes; what
    /// somebody else laid out, as a whole.
    private static func entries(
        in content: [UInt8]
    ) throws -> [DomainQuestion: WatchTable.Entry] {
        var entries: [DomainQuestion: WatchTable.Entry] = [:]
        func add(_ records: [LenientRecord]) {
            for case let (question, entry)? in records.lazy.map(\.record?.entry) { entries[question] = entry }
        }
        guard content.starts(with: head), content.suffix(tail.count) == tail[...],
            content.count >= head.count + tail.count
        else {
            add(try JSONDecoder().decode(Document.self, from: Data(content)).domains)
            return entries
        }
        var rest = content[head.count..<(content.count - tail.count)]
        while !rest.isEmpty {
            let middle = min(rest.startIndex + 1 << 16, rest.endIndex)
            let end = rest[middle...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            var piece = rest[..<end]
            rest = rest[end...]
            while piece.last == UInt8(ascii: "\n") || piece.last == UInt8(ascii: ",") { piece.removeLast() }
            let list = [UInt8(ascii: "[")] + piece + [UInt8(ascii: "]")]
            add(try JSONDecoder().decode([LenientRecord].self, from: Data(list)))
        }
        return entries
    }
}

private struct Document: Decodable {
    var domains: [LenientRecord]
}

/// A domain in the file. Moments are in seconds since 1970.
private struct Record: Decodable {
    var domain: String
    var https: Bool
    /// Whether links may move there.
    var used: Bool
    var problem: String?
    var failingSince: Int64?
    var lastWarning: Int64?
    var sender: String
    var seen: Int64

    enum CodingKeys: String, CodingKey {
        case domain, https, used, problem, sender, seen
        case failingSince = "failing_since"
        case lastWarning = "last_warning"
    }

    init(_ question: DomainQuestion, _ entry: WatchTable.Entry, lastSeen: Moment) {
        domain = question.domain.description
        https = question.needsHTTPS
        used = entry.state.isUsed
        problem = entry.state.problem
        failingSince = entry.state.failingSince?.components.seconds
        lastWarning = entry.state.lastWarning?.components.seconds
        sender = entry.sender
        seen = lastSeen.components.seconds
    }

    /// The domain as one line. By hand, because with an encoder 100,000 take seconds.
    var json: String {
        var line = #"{"domain":"# + quoted(domain) + #","https":\#(https)"#
        if let failingSince { line += #","failing_since":\#(failingSince)"# }
        if let lastWarning { line += #","last_warning":\#(lastWarning)"# }
        if let problem { line += #","problem":"# + quoted(problem) }
        return line + #","seen":\#(seen),"sender":"# + quoted(sender) + #","used":\#(used)}"#
    }

    /// A string as JSON has it (RFC 8259 section 7).
    private func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            // None of those means anything in what is written here.
            case ..<0x20: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    var entry: (DomainQuestion, WatchTable.Entry)? {
        guard let domain = try? TrackingDomain(parsing: domain) else { return nil }
        var state = DomainState()
        state.wasChecked = true
        state.isUsed = used
        state.problem = problem
        state.failingSince = failingSince.map { .seconds($0) }
        state.lastWarning = lastWarning.map { .seconds($0) }
        state.isExplained = !used
        let entry = WatchTable.Entry(state: state, sender: sender, lastSeen: .seconds(seen))
        return (DomainQuestion(domain: domain, needsHTTPS: https), entry)
    }
}

/// A domain in the file, or something else there.
private struct LenientRecord: Decodable {
    var record: Record?

    init(from decoder: any Decoder) throws { record = try? Record(from: decoder) }
}

extension DomainQuestion {
    /// The order of the file: that of the names.
    fileprivate func precedes(_ other: DomainQuestion) -> Bool {
        if domain.host != other.domain.host {
            return domain.host.ascii.lexicographicallyPrecedes(other.domain.host.ascii)
        }
        return (domain.port ?? 0, needsHTTPS ? 1 : 0) < (other.domain.port ?? 0, other.needsHTTPS ? 1 : 0)
    }
}

extension DomainState {
    /// What the file keeps of a state.
    var persistent: Persistent {
        Persistent(isUsed: isUsed, isFailing: failingSince != nil, problem: problem)
    }

    /// See ``persistent``.
    struct Persistent: Equatable {
        var isUsed: Bool
        var isFailing: Bool
        var problem: String?
    }
}
