/// Figures of this moment, from those who know them.
public struct Gauges: Sendable {
    /// Connections of MTAs that are open.
    public var connections = 0
    /// Messages under way.
    public var messages = 0
    /// Senders in use.
    public var senders = 0
    /// The plugins that are loaded, in their order: each has its series from the start.
    public var plugins: [String] = []
    /// Tracking domains by what is known of them, every state named.
    public var domains: [(state: String, count: Int)] = []

    /// Nothing yet.
    public init() {}
}

extension Metrics {
    /// All figures in Prometheus's text format, version 0.0.4; a line each, without line ends.
    public func exposition(_ gauges: Gauges) -> [String] {
        let (counts, connections) = counts
        var text = Exposition()
        text.add(
            .messages,
            [(["rewritten", "none"], counts.rewritten)]
                + UnchangedReason.allCases.map { (["unchanged", $0.rawValue], counts.unchanged[$0] ?? 0) })
        let plugins = gauges.plugins + counts.moved.keys.sorted().filter { !gauges.plugins.contains($0) }
        text.add(
            .linksMoved,
            plugins.flatMap { plugin in
                zip(PlaceClass.allCases, counts.moved[plugin] ?? PlaceClass.zeros).map {
                    ([plugin, $0.rawValue], $1)
                }
            })
        text.add(.linksLeft, counts.left.sorted { $0.key < $1.key }.map { ([$0.key], $0.value) })
        text.add(.receivedBytes, counts.receivedBytes)
        text.add(.replacedBytes, counts.replacedBytes)
        text.add(.endOfMessage, counts.endOfMessage)
        text.add(.sendFailures, each(of: counts.sendFailures))
        let failed = counts.pluginErrors.keys.sorted().filter { !gauges.plugins.contains($0) }
        text.add(.pluginErrors, (gauges.plugins + failed).map { ([$0], counts.pluginErrors[$0] ?? 0) })
        text.add(.connections, connections)
        text.add(.openConnections, gauges.connections)
        text.add(.messagesInProgress, gauges.messages)
        text.add(.senders, gauges.senders)
        text.add(.senderFilesWithErrors, counts.senderFilesWithErrors)
        text.add(.domains, gauges.domains.map { ([$0.state], $0.count) })
        text.add(.domainsLost, counts.domainsLost)
        text.add(.reloads, each(of: counts.reloads))
        text.add(.lastReload, seconds: counts.lastReloadTime)
        text.add(.lastReloadSuccessful, counts.lastReload == .failed ? 0 : 1)
        text.add(.buildInfo, [([version], 1)])
        let process = ProcessFigures()
        text.add(.cpu, seconds: process.cpu)
        if let time = process.startTime { text.add(.startTime, seconds: time) }
        if let memory = process.residentMemory { text.add(.residentMemory, memory) }
        if let files = process.openFiles { text.add(.openFiles, files) }
        text.add(.maximumFiles, process.maximumFiles)
        return text.lines
    }

    /// A series for every value that the label can have, those at zero included.
    private func each<Label: RawRepresentable<String> & CaseIterable & Hashable>(
        of counts: [Label: Int]
    ) -> [(labels: [String], value: Int)] {
        Label.allCases.map { ([$0.rawValue], counts[$0] ?? 0) }
    }
}
