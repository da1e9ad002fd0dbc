import DomainNames

extension Settings {
    /// Reads the main file. All its mistakes are found in one run, sorted by place.
    ///
    /// - Returns: where there are errors, settings that serve to look for more of them in the files that they name,
    ///   and for nothing else; nil where nothing says where these are.
    public static func load(file: String) -> (settings: Settings?, errors: [ConfigurationError]) {
        let errors = ErrorList()
        let root = ConfigurationNode.read(file: file, errors: errors)
        let settings = root.flatMap { SettingsReader($0, file: file, errors: errors).settings() }
        return (settings, errors.sorted)
    }

    /// Reads the main file's content; `file` is its name in messages, and relative paths start from its folder.
    public static func parse(
        _ bytes: [UInt8], file: String
    ) -> (settings: Settings?, errors: [ConfigurationError]) {
        let errors = ErrorList()
        let root = ConfigurationNode.parse(bytes, file: file, errors: errors)
        let settings = root.flatMap { SettingsReader($0, file: file, errors: errors).settings() }
        return (settings, errors.sorted)
    }
}

/// The main file's keys, one block after the other.
struct SettingsReader {
    static let keys = [
        "listen", "socket_mode", "socket_group", "control", "default_tracking_domains", "cname_target",
        "senders",
        "plugins", "leave_paths", "outbound", "identify_sender_by", "rewrite", "signed_mail", "on_error",
        "trace_header", "max_message_size", "domain_check", "log", "metrics",
    ]

    let file: String
    let errors: ErrorList
    let root: MappingReader

    init(_ node: ConfigurationNode, file: String, errors: ErrorList) {
        self.file = file
        self.errors = errors
        root = MappingReader(node, keys: SettingsReader.keys, errors: errors)
    }

    /// The settings, nil where nothing says where the senders are; the mistakes are in `errors`.
    func settings() -> Settings? {
        // Every key is read whatever went wrong before, for its own mistakes.
        let domains = defaultTrackingDomains()
        let target = cnameTarget()
        let senders = senders()
        let (listen, socketMode, socketGroup) = socket()
        let control = control()
        let (plugins, outbound, rewrite) = (plugins(), outbound(), rewrite())
        let (domainCheck, log, metrics) = (domainCheck(), log(), metrics())
        let leavePaths = root.list("leave_paths", SettingsReader.pathPattern)
        let sources = senderSources()
        let signedMail: Settings.SignedMail? = root.choice("signed_mail")
        let onError: Settings.OnError? = root.choice("on_error")
        let traceHeader = root.flag("trace_header")
        let maxMessageSize = root.value("max_message_size", Quantity.bytes)

        // Where these two are missing or wrong, which is reported, nothing points anywhere (RFC 2606).
        guard let senders, let target = target ?? DomainName("missing.invalid") else { return nil }
        var settings = Settings(
            file: file, defaultTrackingDomains: domains ?? [], cnameTarget: target, senders: senders)
        settings.listen = listen ?? settings.listen
        settings.socketMode = socketMode ?? settings.socketMode
        if case .unix = settings.listen {} else { settings.socketMode = nil }
        settings.socketGroup = socketGroup
        settings.control = control
        settings.plugins = plugins
        settings.leavePaths = leavePaths ?? settings.leavePaths
        settings.outbound = outbound
        settings.identifySenderBy = sources ?? settings.identifySenderBy
        settings.rewrite = rewrite
        settings.signedMail = signedMail ?? settings.signedMail
        settings.onError = onError ?? settings.onError
        settings.traceHeader = traceHeader ?? settings.traceHeader
        settings.maxMessageSize = maxMessageSize ?? settings.maxMessageSize
        settings.domainCheck = domainCheck
        settings.log = log
        settings.metrics = metrics
        return settings
    }
}
