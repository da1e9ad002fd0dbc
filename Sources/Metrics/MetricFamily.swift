/// A family of time series: what Prometheus calls a metric.
public struct MetricFamily: Sendable, Hashable {
    /// Its kind, as the exposition names it.
    public enum Kind: String, Sendable {
        /// A sum that only grows, from 0 at the start of the process.
        case counter
        /// A figure of this moment.
        case gauge
        /// How many observations were at most so large.
        case histogram
    }

    /// Its name.
    public let name: String
    /// Its kind.
    public let kind: Kind
    /// The names of its labels. Their values are few: none of them comes out of a message.
    public let labels: [String]
    /// What it tells, in one sentence.
    public let help: String

    private init(_ kind: Kind, _ name: String, labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

extension MetricFamily {
    static let messages = MetricFamily(
        .counter, "signpost_messages_total", labels: ["outcome", "reason"],
        "Messages, by what became of them and, where they are unchanged, why.")
    static let linksMoved = MetricFamily(
        .counter, "signpost_links_moved_total", labels: ["plugin", "place"],
        "Links that moved to a sender's domain, by the plugin that decided and the class of the place.")
    static let linksLeft = MetricFamily(
        .counter, "signpost_links_left_total", labels: ["reason"],
        "Places in rewritten senders' mail where a default domain still stands, by reason.")
    static let receivedBytes = MetricFamily(
        .counter, "signpost_received_bytes_total", "Bytes of header and body that the MTA sent.")
    static let replacedBytes = MetricFamily(
        .counter, "signpost_replaced_body_bytes_total", "Bytes of the bodies that were sent back to the MTA.")
    static let endOfMessage = MetricFamily(
        .histogram, "signpost_end_of_message_seconds",
        "Time from the end of a message to the last change sent to the MTA.")
    static let sendFailures = MetricFamily(
        .counter, "signpost_send_failures_total", labels: ["result"],
        "Messages whose changes the MTA did not take: delivered as they came (accepted) or refused for now (tempfailed)."
    )
    static let pluginErrors = MetricFamily(
        .counter, "signpost_plugin_errors_total", labels: ["plugin"],
        "Unusable answers of plugins; the links stayed as they were.")
    static let connections = MetricFamily(
        .counter, "signpost_connections_total", "Connections of MTAs.")
    static let openConnections = MetricFamily(
        .gauge, "signpost_open_connections", "Connections of MTAs that are open.")
    static let messagesInProgress = MetricFamily(
        .gauge, "signpost_messages_in_progress", "Messages under way.")
    static let senders = MetricFamily(
        .gauge, "signpost_senders", "Senders in use; 0 where they are in a database.")
    static let senderFilesWithErrors = MetricFamily(
        .gauge, "signpost_sender_files_with_errors",
        "Sender files with a mistake: left out, or in use as they last were good.")
    static let domains = MetricFamily(
        .gauge, "signpost_tracking_domains", labels: ["state"],
        "Tracking domains that are watched: links move there (verified; failing, for as long as grace lasts) or not (unverified; pending, not looked up yet)."
    )
    static let domainsLost = MetricFamily(
        .counter, "signpost_tracking_domains_lost_total",
        "Times that a verified tracking domain was given up.")
    static let reloads = MetricFamily(
        .counter, "signpost_reloads_total", labels: ["result"],
        "Reloads: ok, partial (a sender file has a mistake) or failed (everything stayed as it was).")
    static let lastReload = MetricFamily(
        .gauge, "signpost_last_reload_timestamp_seconds", "When the files were last read, the start included."
    )
    static let lastReloadSuccessful = MetricFamily(
        .gauge, "signpost_last_reload_successful", "Whether the last reload took effect (1) or failed (0).")
    static let buildInfo = MetricFamily(
        .gauge, "signpost_build_info", labels: ["version"], "Always 1; its labels describe the program.")
    static let cpu = MetricFamily(
        .counter, "process_cpu_seconds_total", "Processor time of the process, user and system.")
    static let startTime = MetricFamily(
        .gauge, "process_start_time_seconds", "When the process started.")
    static let residentMemory = MetricFamily(
        .gauge, "process_resident_memory_bytes", "Resident memory of the process.")
    static let openFiles = MetricFamily(
        .gauge, "process_open_fds", "File descriptors of the process that are open.")
    static let maximumFiles = MetricFamily(
        .gauge, "process_max_fds", "File descriptors that the process may have.")

    /// Every family, in the order of the exposition.
    public static let all = [
        messages, linksMoved, linksLeft, receivedBytes, replacedBytes, endOfMessage, sendFailures,
        pluginErrors,
        connections, openConnections, messagesInProgress, senders, senderFilesWithErrors, domains,
        domainsLost,
        reloads, lastReload, lastReloadSuccessful, buildInfo, cpu, startTime, residentMemory, openFiles,
        maximumFiles,
    ]
}
