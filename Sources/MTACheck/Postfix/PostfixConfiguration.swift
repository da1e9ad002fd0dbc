import Configuration

/// The configuration of one instance of Postfix, as postconf(1) tells it.
struct PostfixConfiguration {
    /// The folder of main.cf and master.cf.
    let folder: String
    /// Parameters of main.cf or their defaults, with what they refer to filled in.
    let parameters: [String: String]
    /// The services of master.cf in its order.
    let services: [Service]
    /// What postconf warns of.
    let warnings: [String]
    private let main: PostfixLines
    private let master: PostfixLines

    /// A service of master.cf.
    struct Service {
        /// `submission`, `127.0.0.1:10025`, `cleanup`.
        var name: String
        /// `inet`, `unix`, …
        var type: String
        /// Column 5.
        var isChrooted: Bool
        /// The program, `smtpd`.
        var program: String
        /// Its `-o` options.
        var overrides: [String: String] = [:]
    }

    /// Asks postconf, about the instance in `folder`, or the usual one.
    init(folder: String?) throws(MTACheckError) {
        guard let postconf = find("postconf") else {
            throw MTACheckError("postconf: not found; is Postfix installed?", isMistake: false)
        }
        let instance = folder.map { ["-c", $0] } ?? []
        parameters = Self.assignments(try output(of: postconf, instance + ["-x"] + Self.names))
        self.folder = folder ?? parameters["config_directory"] ?? "/etc/postfix"
        main = PostfixLines(file: self.folder + "/main.cf")
        master = PostfixLines(file: self.folder + "/master.cf")
        services = Self.services(
            fields: try output(of: postconf, instance + ["-F"]),
            overrides: try output(of: postconf, instance + ["-Px"]),
            chrootByDefault: Self.chrootsByDefault(parameters))
        warnings =
            try complaints(of: postconf, instance + ["-n"]) + complaints(of: postconf, instance + ["-P"])
    }

    /// What is asked for.
    static let names = [
        "smtpd_milters", "non_smtpd_milters", "smtpd_milter_maps", "milter_default_action", "milter_protocol",
        "milter_connect_timeout", "milter_command_timeout", "milter_content_timeout",
        "milter_macro_daemon_name",
        "milter_connect_macros", "milter_mail_macros", "milter_end_of_data_macros", "content_filter",
        "smtpd_proxy_filter", "smtp_body_checks", "receive_override_options", "mynetworks", "queue_directory",
        "mail_owner", "mail_version", "compatibility_level", "config_directory",
    ]

    /// A parameter as `service` sees it.
    func value(_ name: String, for service: Service?) -> String {
        service?.overrides[name] ?? parameters[name] ?? ""
    }

    /// Whether main.cf sets it.
    func isSet(_ name: String) -> Bool { main.line(of: name) != nil }

    /// Where a parameter of `service` is written: master.cf where it has it from there, or else main.cf.
    func place(of name: String, for service: Service?) -> String {
        if let service, service.overrides[name] != nil { return place(of: service) }
        return main.place(main.line(of: name))
    }

    /// The file of services.
    var masterFile: String { master.place(nil) }

    /// Where a service is written.
    func place(of service: Service) -> String {
        master.place(master.line(ofService: service.name, type: service.type))
    }

    /// Postfix 3.0 changed what `-` in column 5 means, unless it is to behave as before (COMPATIBILITY_README).
    private static func chrootsByDefault(_ parameters: [String: String]) -> Bool {
        let major = parameters["mail_version"]?.prefix { $0 != "." } ?? "3"
        let level = parameters["compatibility_level"]?.prefix { $0 != "." } ?? "1"
        return (Int(major) ?? 3) < 3 || (Int(level) ?? 1) < 1
    }

    /// `name = value`, a line each.
    private static func assignments(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            found[trimmed(parts[0])] = trimmed(parts[1])
        }
        return found
    }

    /// From `service/type/field = value` and `service/type/parameter = value`.
    private static func services(fields: String, overrides: String, chrootByDefault: Bool) -> [Service] {
        var services: [Service] = []
        var index: [String: Int] = [:]
        for line in fields.split(separator: "\n") {
            guard let (key, field, value) = assignment(line) else { continue }
            if index[key] == nil {
                let type = key.split(separator: "/").last.map(String.init) ?? ""
                index[key] = services.count
                services.append(
                    Service(
                        name: String(key.dropLast(type.count + 1)), type: type, isChrooted: false, program: ""
                    ))
            }
            guard let place = index[key] else { continue }
            switch field {
            case "chroot": services[place].isChrooted = value == "y" || value == "-" && chrootByDefault
            case "command": services[place].program = value.split(separator: " ").first.map(String.init) ?? ""
            default: break
            }
        }
        for line in overrides.split(separator: "\n") {
            guard let (key, name, value) = assignment(line), let place = index[key] else { continue }
            services[place].overrides[name] = value
        }
        return services
    }

    private static func assignment(_ line: Substring) -> (key: String, field: String, value: String)? {
        guard let equals = line.firstIndex(of: "="), let slash = line[..<equals].lastIndex(of: "/") else {
            return nil
        }
        return (
            String(line[..<slash]), trimmed(line[line.index(after: slash)..<equals]),
            trimmed(line[line.index(after: equals)...])
        )
    }
}

/// Without white space at either end.
func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
}
