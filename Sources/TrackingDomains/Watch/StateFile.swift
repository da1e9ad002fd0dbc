import Configuration
import FoundationEssentials

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

    /// Reads the file. Fields that it does not know are ignored, and so is a domain that makes no sense.
    func read() -> Content {
        let bytes: Data
        do throws(FileProblem) {
            guard let content = try AtomicFile(path: path).read() else { return .missing }
            bytes = content
        } catch {
            return .unreadable(error.description)
        }
        do {
            let document = try JSONDecoder().decode(Document<LenientRecord>.self, from: bytes)
            var known: [DomainQuestion: WatchTable.Entry] = [:]
            for record in document.domains.compactMap(\.record) {
                guard let (question, entry) = record.entry else { continue }
                known[question] = entry
            }
            return .known(known)
        } catch {
            return .damaged("it is not the JSON that signpost writes")
        }
    }

    /// Writes the file in one step: whoever reads it finds the old content or the new, also after a power cut.
    func write(_ entries: [DomainQuestion: WatchTable.Entry], at now: Moment) throws(FileProblem) {
        let records = entries.filter(\.value.state.wasChecked).map {
            Record($0.key, $0.value, lastSeen: $0.value.interest == .configuration ? now : $0.value.lastSeen)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let sorted = records.sorted { ($0.domain, $0.https ? 1 : 0) < ($1.domain, $1.https ? 1 : 0) }
        let content: Data
        do {
            content = try encoder.encode(Document(domains: sorted))
        } catch {
            throw FileProblem("cannot be encoded: \(error)")
        }
        try AtomicFile(path: path).write(content)
    }

    /// Puts a damaged file aside, beside its place.
    func putAside() throws(FileProblem) { try AtomicFile(path: path).rename(to: path + ".damaged") }
}

private struct Document<Entry> {
    var domains: [Entry]
}

extension Document: Decodable where Entry: Decodable {}
extension Document: Encodable where Entry: Encodable {}

/// A domain in the file. Moments are in seconds since 1970.
private struct Record: Codable {
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
