import PluginHost
import Rewriting

/// Asks a sender's plugins about each link of a message.
struct PluginDecider: LinkDecider {
    let plugins: SenderPlugins
    let onMistake: (_ plugin: String, _ what: String) -> Void

    func decide(_ link: Link, answer: inout [UInt8]) -> LinkDecision {
        let components = link.components
        let shown = PluginLink(
            url: link.url, scheme: Range(components.scheme), host: Range(components.host),
            port: Range(components.port), rest: Range(components.rest), place: link.place, part: link.part,
            isOnDefaultDomain: link.isOnDefaultDomain)
        switch plugins.verdict(on: shown, answer: &answer, onMistake: onMistake) {
        case .leave(let reason): return .leave(reason: reason)
        case .move(let plugin): return .move(plugin: plugin)
        }
    }
}

extension Range<Int> {
    fileprivate init(_ range: ByteRange) {
        self = range.start..<Swift.max(range.start, range.end)
    }
}
