import DomainNames

@testable import Rewriting

/// Moves every link to `click.acme.example`, as the built-in plugins do.
struct MovingDecider: LinkDecider {
    static let host = Array("click.acme.example".utf8)

    func decide(_ link: Link, answer: inout [UInt8]) -> LinkDecision {
        answer =
            link.url[..<link.components.host.start] + MovingDecider.host
            + link.url[link.components.host.end...]
        return .move(plugin: "fuzz")
    }
}

/// The default domains of every run.
let defaultDomains = ["track.relay.example", "*.t.relay.example"].compactMap(DomainPattern.init)
let hosts = DefaultHosts(defaultDomains)

/// A collector for one string, its edits and moves to be looked at.
func makeCollector(isPlainCharset: Bool = false) -> LinkCollector {
    LinkCollector(
        hosts: hosts, decider: MovingDecider(), showsAllLinks: false, part: "1",
        isPlainCharset: isPlainCharset)
}

extension Array<UInt8> {
    /// Lends the bytes as the engine reads them.
    func withBytes<R>(_ body: (Bytes) -> R) -> R { withUnsafeBufferPointer(body) }
}

/// Runs `collect` over `text`, makes its edits, and runs it again over what came out: edits ascend and are
/// disjoint, and the second run finds nothing to do.
func requireStable(
    _ text: [UInt8], _ collect: (Bytes, inout LinkCollector) -> Void, line: Int = #line
) {
    func edits(of text: [UInt8]) -> [ContentEdit] {
        var collector = makeCollector()
        text.withBytes { collect($0, &collector) }
        var end = 0
        for edit in collector.edits {
            require(
                edit.range.start >= end && edit.range.end >= edit.range.start && edit.range.end <= text.count,
                "edit \(edit.range) behind \(end) of \(text.count)", line: line)
            end = edit.range.end
        }
        return collector.edits
    }
    let first = edits(of: text)
    if first.isEmpty { return }
    let moved = text.applying(first.map { Edit($0.range, $0.replacement) })
    let second = edits(of: moved)
    require(second.isEmpty, "a second pass edits \(second.map(\.range)) of \(shown(moved))", line: line)
}

/// Whether `range` lies in `bounds`.
func isInside(_ range: ByteRange, _ bounds: ByteRange) -> Bool {
    bounds.start <= range.start && range.start <= range.end && range.end <= bounds.end
}
