import AllocationCounter
import DomainNames
import Rewriting

/// What is measured: a message in, the message as it is to be delivered out.
struct Job {
    private let rewriter: MessageRewriter

    /// The domains of the contract's example.
    init() {
        rewriter = MessageRewriter(
            policy: RewritePolicy(
                defaultDomains: ["track.relay.example", "*.t.relay.example"].compactMap(DomainPattern.init)))
    }

    /// From header fields and body to edits to the new body: what the milter does at a message's end.
    @discardableResult
    func rewrite(_ message: [UInt8]) -> RewriteResult? {
        guard let raw = RawMessage(message) else { return nil }
        let result = message.withUnsafeBytes { bytes in
            rewriter.rewrite(
                fields: raw.fields, body: UnsafeRawBufferPointer(rebasing: bytes[raw.bodyStart...]),
                decider: HostMover(), keepsURLs: false)
        }
        use(raw.applying(result))
        return result
    }

    /// Bytes allocated for the new message alone, once the changes are known.
    func outputAllocation(_ message: [UInt8]) -> Int {
        guard let raw = RawMessage(message), let result = rewrite(message) else { return 0 }
        let before = allocation_counter_bytes()
        use(raw.applying(result))
        return allocation_counter_bytes() - before
    }

    /// Allocations of one run.
    func allocations(_ message: [UInt8]) -> (blocks: Int, bytes: Int) {
        rewrite(message)  // tables that are made once
        let before = (allocation_counter_blocks(), allocation_counter_bytes())
        rewrite(message)
        return (allocation_counter_blocks() - before.0, allocation_counter_bytes() - before.1)
    }
}

/// Moves every link to the sender's domain, as the built-in plugins do, without the way through their C functions.
struct HostMover: LinkDecider {
    private static let host = Array("click.acme.example".utf8)

    func decide(_ link: Link, answer: inout [UInt8]) -> LinkDecision {
        let old = link.components.host
        answer.reserveCapacity(link.url.count - old.count + HostMover.host.count)
        link.url.withUnsafeBufferPointer {
            answer.append(contentsOf: UnsafeBufferPointer(rebasing: $0[..<old.start]))
            answer.append(contentsOf: HostMover.host)
            answer.append(contentsOf: UnsafeBufferPointer(rebasing: $0[old.end...]))
        }
        return .move(plugin: "benchmark")
    }
}
