import DomainNames

extension SettingsReader {
    func socket() -> (listen: ListenAddress?, mode: UInt16?, group: String?) {
        (
            root.value("listen") { text throws(ValueError) in try ListenAddress(parsing: text, file: file) },
            root.value("socket_mode", Quantity.socketMode), root.text("socket_group")
        )
    }

    /// A path, in the notation of `listen` too.
    func control() -> String? {
        root.value("control") { text throws(ValueError) in
            let text = text.contains(":") ? text : "unix:" + text
            guard case .unix(let path) = try ListenAddress(parsing: text, file: file) else {
                throw ValueError(expected: "a unix socket such as unix:/run/signpost/control", found: text)
            }
            return path
        }
    }

    func defaultTrackingDomains() -> [DomainPattern]? {
        let key = "default_tracking_domains"
        root.require(key, expected: "the hosts that tracking links carry today")
        if let node = root.node(key), root.isEmptyList(key) {
            errors.report(node.position, "expected at least one host in `\(key)`, found an empty list")
        }
        return root.list(key) { text throws(ValueError) in
            guard let pattern = DomainPattern(text) else {
                throw ValueError(
                    expected: "a host name such as track.relay.example or *.t.relay.example", found: text)
            }
            return pattern
        }
    }

    /// Where custom domains must point: as given, or else the first default domain, if that is a host.
    func cnameTarget() -> DomainName? {
        if root.node("cname_target") != nil {
            return root.value("cname_target") { text throws(ValueError) in
                guard let name = DomainName(text) else {
                    throw ValueError(expected: "a host name such as track.relay.example", found: text)
                }
                return name
            }
        }
        guard case .sequence(let items)? = root.node("default_tracking_domains")?.value,
            let first = items.first, let pattern = first.scalar.flatMap(DomainPattern.init)
        else { return nil }  // its own mistake is reported already
        switch pattern {
        case .host(let name): return name
        case .below:
            errors.report(
                first.position,
                "missing key `cname_target`: expected the host that custom domains must point to, "
                    + "because the first default domain is the pattern \(quoted(first.scalar ?? ""))")
            return nil
        }
    }

    func path(_ reader: MappingReader, _ key: String) -> Settings.ConfiguredPath? {
        guard let node = reader.node(key) else { return nil }
        let path = reader.value(key) { text throws(ValueError) in
            guard !text.utf8.contains(0) else { throw ValueError(expected: "a path", found: text) }
            return resolve(path: text, relativeTo: file)
        }
        return path.map { Settings.ConfiguredPath(path: $0, position: node.position) }
    }

    /// A pattern for path and query. One that cannot match anything is a mistake.
    static func pathPattern(_ text: String) throws(ValueError) -> String {
        guard text.hasPrefix("/") || text.hasPrefix("*") else {
            throw ValueError(expected: "a path pattern that begins with / or *, such as /c/*", found: text)
        }
        return text
    }

    func outbound() -> Outbound {
        var outbound = Outbound()
        guard
            let block = root.mapping("outbound", keys: ["authenticated", "networks", "daemon_names"])
        else { return outbound }
        outbound.authenticated = block.flag("authenticated") ?? outbound.authenticated
        outbound.networks = block.list("networks", Network.init(parsing:)) ?? outbound.networks
        outbound.daemonNames = block.list("daemon_names") { $0 } ?? outbound.daemonNames
        return outbound
    }

    func senderSources() -> [Settings.SenderSource]? {
        let key = "identify_sender_by"
        guard let node = root.node(key),
            let sources: [Settings.SenderSource] = root.list(key, MappingReader.choice)
        else { return nil }
        if root.isEmptyList(key) {
            errors.report(
                node.position, "expected login, envelope_from or header_from in `\(key)`, found none")
        }
        if Set(sources).count < sources.count {
            errors.report(node.position, "expected each source once in `\(key)`, found one twice")
        }
        return sources
    }

    func rewrite() -> Settings.Rewrite {
        var rewrite = Settings.Rewrite()
        guard
            let block = root.mapping("rewrite", keys: ["html", "text", "amp", "visible_text", "headers"])
        else { return rewrite }
        rewrite.html = block.flag("html") ?? rewrite.html
        rewrite.text = block.flag("text") ?? rewrite.text
        rewrite.amp = block.flag("amp") ?? rewrite.amp
        rewrite.visibleText = block.flag("visible_text") ?? rewrite.visibleText
        rewrite.headers = block.list("headers", SettingsReader.listHeader) ?? rewrite.headers
        return rewrite
    }

    /// A field name (RFC 5322 section 2.2, ftext) of the List-* family (RFC 2369). Others carry no tracking
    /// links, or are the sender's word (Subject, From) that nobody may change.
    static func listHeader(_ text: String) throws(ValueError) -> String {
        let isFieldName = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
        guard isFieldName, text.lowercased().hasPrefix("list-"), text.utf8.count > 5 else {
            throw ValueError(
                expected: "a List-* field such as " + Settings.Rewrite().headers.joined(separator: ", "),
                found: text)
        }
        return text
    }

    func domainCheck() -> Settings.DomainCheck {
        var check = Settings.DomainCheck()
        guard
            let block = root.mapping(
                "domain_check",
                keys: [
                    "mode", "recheck", "grace", "state", "resolvers", "flattened", "https_check",
                    "https_port",
                    "https_ca",
                ])
        else { return check }
        check.mode = block.choice("mode") ?? check.mode
        check.recheck = block.value("recheck", Quantity.interval) ?? check.recheck
        check.grace = block.value("grace", Quantity.duration) ?? check.grace
        check.state = path(block, "state")?.path ?? check.state
        check.resolvers = block.list("resolvers", Resolver.init(parsing:)) ?? check.resolvers
        check.flattened = block.choice("flattened") ?? check.flattened
        check.httpsCheck = block.choice("https_check") ?? check.httpsCheck
        check.httpsPort = block.value("https_port", Quantity.port) ?? check.httpsPort
        check.httpsCA = path(block, "https_ca")
        return check
    }

    /// Off, or an address of this machine alone: there is no password and no TLS.
    func metrics() -> ListenAddress? {
        let address = root.value("metrics") { text throws(ValueError) -> ListenAddress? in
            if (try? MappingReader.flag(text)) == false { return nil }
            let address = try ListenAddress(parsing: text, file: file)
            guard address.isLoopback else {
                throw ValueError(
                    expected:
                        "off, or an address that only this machine reaches, such as inet:9825@127.0.0.1 "
                        + "or unix:/run/signpost/metrics.sock",
                    found: text)
            }
            return address
        }
        return address ?? nil
    }

    func log() -> Settings.Log {
        var log = Settings.Log()
        guard let block = root.mapping("log", keys: ["to", "level"]) else { return log }
        log.to = block.choice("to") ?? log.to
        log.level = block.choice("level") ?? log.level
        return log
    }
}
