import Filtering
import Metrics
import MilterService
import PluginHost
import Senders
import TrackingDomains

extension Gauges {
    /// The figures of a running filter.
    init(_ snapshot: Snapshot, _ watching: Watching) {
        self.init()
        connections = MilterServer.liveSessions
        messages = MilterServer.liveMessages
        senders = snapshot.senders.count
        plugins = snapshot.plugins.names
        let standings = watching.standings
        domains = DomainStanding.allCases.map { ($0.rawValue, standings[$0] ?? 0) }
    }
}
