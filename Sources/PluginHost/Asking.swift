import CSignpostPlugin
import DomainNames

extension SenderPlugins {
    /// What is to become of a link: asks the plugins in their order. Safe on many threads at once.
    ///
    /// - Parameters:
    ///   - answer: receives the URL that the link becomes, in the memory that it has.
    ///   - onMistake: told the plugin and what is wrong with its answer, for the log. No URL is in it.
    public func verdict(
        on link: borrowing PluginLink, answer: inout [UInt8],
        onMistake: (_ plugin: String, _ what: String) -> Void
    ) -> PluginVerdict {
        var collector = TextCollector(limit: link.url.count + Int(SIGNPOST_MAX_GROWTH))
        swap(&answer, &collector.bytes)
        defer { swap(&answer, &collector.bytes) }
        collector.reset()
        return withABILink(link) { abi in
            if plugins.leavePaths.contains(where: { matches($0, abi) }) {
                return .leave(reason: "leave_paths")
            }
            return ask(about: link, abi, &collector, onMistake)
        }
    }

    private func ask(
        about link: borrowing PluginLink, _ abi: UnsafePointer<signpost_link>,
        _ collector: inout TextCollector, _ onMistake: (String, String) -> Void
    ) -> PluginVerdict {
        for index in seats.indices {
            guard link.isOnDefaultDomain || seats[index].wantsAllLinks else { continue }
            let answer = withUnsafeMutablePointer(to: &collector) { collector in
                var sink = signpost_sink(collector)
                return withUnsafePointer(to: seats[index].sender) {
                    Int(seats[index].claim(seats[index].context, abi, $0, &sink))
                }
            }
            if answer != SIGNPOST_NOT_MINE {
                return verdict(answer, collector, on: link, from: index, onMistake)
            }
            collector.reset()
        }
        return .leave(reason: "no plugin")
    }

    /// What follows from an answer other than "not mine".
    private func verdict(
        _ answer: Int, _ written: TextCollector, on link: borrowing PluginLink, from index: Int,
        _ onMistake: (String, String) -> Void
    ) -> PluginVerdict {
        // It is the plugin's link, whatever the plugin would do with it.
        if seats[index].isOff { return .leave(reason: plugins.sentences[index].off) }
        switch answer {
        case SIGNPOST_LEAVE:
            return .leave(reason: reason(written) ?? plugins.sentences[index].left)
        case SIGNPOST_MOVE:
            if seats[index].isBarred {
                return .leave(reason: "domain not verified")
            } else if written.isTooLong {
                onMistake(
                    plugins.sentences[index].name,
                    "the URL is more than \(SIGNPOST_MAX_GROWTH) bytes longer than the link")
            } else if let mistake = AnswerCheck.mistake(
                in: written.bytes, for: link, expected: seats[index].target.domain.ascii)
            {
                onMistake(plugins.sentences[index].name, mistake)
            } else if written.bytes == link.url {
                return .leave(reason: plugins.sentences[index].unchanged)
            } else {
                return .move(plugin: plugins.sentences[index].name)
            }
        default:
            onMistake(plugins.sentences[index].name, "\(answer) is not an answer")
        }
        return .leave(reason: plugins.sentences[index].unsafe)
    }

    /// A plugin's reason, if the log and the report can show it.
    private func reason(_ written: TextCollector) -> String? {
        written.bytes.count <= Int(SIGNPOST_MAX_TEXT) ? written.sentence : nil
    }

    private func matches(_ pattern: [UInt8], _ link: UnsafePointer<signpost_link>) -> Bool {
        pattern.withUnsafeBytes {
            signpost_path_matches(link, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) != 0
        }
    }
}

/// Shows a link in the form of the ABI. Nothing is copied: all its texts are borrowed.
private func withABILink<Result>(
    _ link: borrowing PluginLink, _ body: (UnsafePointer<signpost_link>) -> Result
) -> Result {
    link.url.withUnsafeBytes { url in
        withUTF8(of: link.place) { place in
            withUTF8(of: link.part) { part in
                var abi = signpost_link()
                abi.size = MemoryLayout<signpost_link>.size
                abi.url = signpost_string(url)
                abi.scheme = signpost_range(link.scheme)
                abi.host = signpost_range(link.host)
                abi.port = signpost_range(link.port)
                abi.rest = signpost_range(link.rest)
                abi.place = signpost_string(place)
                abi.part = signpost_string(part)
                if link.part.utf8.starts(with: "header:".utf8) {
                    abi.header = signpost_string(UnsafeRawBufferPointer(rebasing: part.dropFirst(7)))
                }
                abi.on_default_domain = link.isOnDefaultDomain ? 1 : 0
                return body(&abi)
            }
        }
    }
}

private func withUTF8<Result>(of text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}

extension signpost_string {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length: bytes.count)
    }
}

extension signpost_range {
    fileprivate init(_ range: Range<Int>) { self.init(begin: range.lowerBound, end: range.upperBound) }
}
