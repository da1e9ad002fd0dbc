import Filtering
import Glibc
import Rewriting
import Synchronization

/// A filter that does what the local part of the envelope sender says, and writes down what it was told.
public final class ScriptedFilter: MessageFilter {
    /// What a filter was told, by envelope sender.
    public static let heard = Mutex<[String: [String]]>([:])

    private var sender = ""
    private var script = ""
    private var fields: [HeaderField] = []
    private var content: [UInt8] = []

    /// What every filter needs for a moment, and `stuck` never lets go.
    private static let lock = Mutex<Void>(())

    /// A filter that has heard nothing yet.
    public init() { Self.lock.withLock { _ in } }

    /// Writes down what it hears, and does as the script says.
    public func begin(_ envelope: Envelope) -> FilterStep {
        sender = envelope.sender
        script = String(sender.drop { $0 == "<" }.prefix { $0 != "@" })
        note(
            "begin id=\(envelope.queueID ?? "-") login=\(envelope.login ?? "-") "
                + "client=\(envelope.client ?? "-") daemon=\(envelope.daemonName ?? "-")")
        return step(at: "mail")
    }

    /// Writes down what it hears, and does as the script says.
    public func header(_ field: HeaderField) {
        fields.append(field)
        note(
            "header \(String(decoding: field.name, as: UTF8.self)):\(String(decoding: field.value, as: UTF8.self))"
        )
    }

    /// Writes down what it hears, and does as the script says.
    public func endOfHeaders(queueID: String?) -> FilterStep {
        note("eoh id=\(queueID ?? "-")")
        return step(at: "eoh")
    }

    /// Writes down what it hears, and does as the script says.
    public func body(_ piece: UnsafeRawBufferPointer) -> FilterStep {
        if content.isEmpty { note("body") }
        content += piece
        return step(at: "body")
    }

    /// Writes down what it hears, and does as the script says.
    public func endOfMessage(queueID: String?) -> FilterOutcome {
        note("eom id=\(queueID ?? "-") size=\(content.count)")
        switch script {
        case "tempfail-at-eom":
            return .tempfail
        case "uppercase":
            return .change(
                headers: [], body: NewBody(content.map { (0x61...0x7A).contains($0) ? $0 - 32 : $0 }))
        case "all":
            return .change(
                headers: [
                    HeaderChange(
                        name: Array("List-Help".utf8), occurrence: 2, value: Array(" <https://b/>".utf8)),
                    HeaderChange(
                        name: Array("List-Unsubscribe".utf8), occurrence: 1, value: Array(" <a>,\n\t<b>".utf8)
                    ),
                    HeaderChange(
                        name: Array("X-Signpost".utf8), occurrence: nil, value: Array(" moved 2".utf8)),
                ], body: NewBody(content))
        case "empty":
            return .change(headers: [], body: NewBody([]))
        case "bad-header":
            return .change(
                headers: [
                    HeaderChange(name: Array("List-Help".utf8), occurrence: 1, value: Array(" ok".utf8)),
                    HeaderChange(name: Array("List-Help".utf8), occurrence: 2, value: [0x20, 0]),
                ], body: NewBody(content))
        default:
            return .accept
        }
    }

    private func step(at place: String) -> FilterStep {
        switch script {
        case "accept-at-\(place)": return .accept
        case "tempfail-at-\(place)": return .tempfail
        case "stuck": Self.lock.withLock { _ in while true { sleep(1000) } }
        default: break
        }
        return .proceed
    }

    private func note(_ line: String) {
        let line = isMainThread() ? "ON THE MAIN THREAD: " + line : line
        Self.heard.withLock { $0[sender, default: []].append(line) }
    }
}

/// Whether this is the thread that the process began with: its id is the process's.
private func isMainThread() -> Bool {
    var target = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &target, target.count)
    let text = target.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }
    return String(decoding: text, as: UTF8.self).hasSuffix("/\(getpid())")
}
