import Configuration

/// One way by which mail comes in to Postfix, with the milters that are asked on it: a service with smtpd, or
/// sendmail(1) by way of cleanup.
struct PostfixWay {
    let configuration: PostfixConfiguration
    let service: PostfixConfiguration.Service
    /// `smtpd_milters` or `non_smtpd_milters`.
    let parameter: String
    let milters: [PostfixMilter]
    private let listen: ListenAddress

    init(
        _ configuration: PostfixConfiguration, _ service: PostfixConfiguration.Service, _ parameter: String,
        listen: ListenAddress
    ) {
        self.configuration = configuration
        self.service = service
        self.parameter = parameter
        self.listen = listen
        let isOff = configuration.value("receive_override_options", for: service)
            .split { $0 == "," || $0.isWhitespace }.contains("no_milters")
        milters = isOff ? [] : PostfixMilter.list(configuration.value(parameter, for: service))
    }

    /// What main.cf says of mail by SMTP, whatever services there are.
    init(main configuration: PostfixConfiguration, listen: ListenAddress) {
        let service = PostfixConfiguration.Service(
            name: "smtpd", type: "", isChrooted: false, program: "smtpd")
        self.init(configuration, service, "smtpd_milters", listen: listen)
    }

    /// How findings name it.
    var mail: String {
        parameter == "smtpd_milters" ? "mail by \(service.name)" : "mail from sendmail(1)"
    }

    /// Where its list is written.
    var place: String { configuration.place(of: parameter, for: service) }

    /// The line that sets a parameter for this way alone, or for all, as it is set now.
    func line(_ name: String, _ value: String) -> String {
        service.overrides[name] == nil ? "\(name) = \(value)" : "-o { \(name) = \(value) }"
    }

    var chain: FilterChain {
        FilterChain(
            mail: mail, place: place,
            filters: milters.map {
                FilterChain.Filter(text: $0.text, label: $0.label, address: $0.address, isOurs: isOurs($0))
            },
            syntax: (
                service.overrides[parameter] == nil ? "\(parameter) = " : "-o { \(parameter) = ", ", ",
                service.overrides[parameter] == nil ? "" : " }"
            ))
    }

    var ours: [PostfixMilter] { milters.filter(isOurs) }

    /// Whether this is Signpost, found or, by its path or name, meant.
    func isOurs(_ milter: PostfixMilter) -> Bool {
        switch milter.address {
        case .unix(let path):
            if case .unix(let ours) = listen, [realPath(path), absolute(path)].contains(resolved(ours)) {
                return true
            }
            return MilterAddress.unix(path: path).isMeantAsOurs(label: milter.label)
        case .inet: return milter.address?.isPort(of: listen) ?? false
        case nil: return milter.label == listen.libmilterNotation || milter.label.contains("signpost")
        }
    }

    /// Where the service looks for a socket: below the queue directory in the chroot, and where the path is relative.
    func realPath(_ path: String) -> String {
        service.isChrooted && path.hasPrefix("/")
            ? resolved(configuration.value("queue_directory", for: service)) + path : absolute(path)
    }

    /// Where it would look without the chroot.
    func absolute(_ path: String) -> String {
        resolved(
            path.hasPrefix("/") ? path : configuration.value("queue_directory", for: service) + "/" + path)
    }
}
