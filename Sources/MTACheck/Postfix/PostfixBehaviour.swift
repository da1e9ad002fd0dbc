/// How Postfix treats Signpost: what it does without it, how long it waits, what it tells it.
struct PostfixBehaviour {
    let way: PostfixWay
    let milter: PostfixMilter

    func findings() -> [Finding] { downFindings() + timeFindings() + protocolFindings() }

    /// A setting of the element itself, or the parameter, and where it is.
    private func setting(_ name: String) -> (value: String, place: String) {
        if let own = milter.settings[name] { return (own, way.place) }
        let parameter = "milter_" + name
        return (
            way.configuration.value(parameter, for: way.service),
            way.configuration.place(of: parameter, for: way.service)
        )
    }

    private func downFindings() -> [Finding] {
        let (action, place) = setting("default_action")
        let line = "{ \(milter.label), default_action=accept }"
        switch action {
        case "accept":
            return [
                Finding(
                    .note, place,
                    "while Signpost is down, mail is delivered as it came (default_action=accept); a message "
                        + "whose filter is killed within its answer may be of both (tempfail can't have that)"
                )
            ]
        case "tempfail":
            return [
                Finding(
                    .note, place,
                    "while Signpost is down, clients have to try again (default_action=tempfail)")
            ]
        case "quarantine":
            return [
                Finding(
                    .note, place,
                    "while Signpost is down, mail waits in the hold queue (default_action=quarantine)")
            ]
        case "reject":
            return [
                Finding(
                    .warning, place,
                    "while Signpost is down, mail is refused for good (default_action=reject)",
                    remedy: line)
            ]
        default:
            return [
                Finding(
                    .error, place,
                    "default_action: expected accept, tempfail or quarantine, found \"\(action)\"",
                    remedy: line)
            ]
        }
    }

    private func timeFindings() -> [Finding] {
        var findings: [Finding] = []
        for kind in [TimeLimits.Kind.connect, .command, .content] {
            let name = "\(kind == .connect ? "connect" : kind == .command ? "command" : "content")_timeout"
            let (value, place) = setting(name)
            findings += TimeLimits(place: place, mail: milter.settings[name] == nil ? "milter_" + name : name)
                .findings(kind, value, defaultUnit: "s") {
                    milter.settings[name] == nil
                        ? "milter_\(name) = \($0)s" : "{ \(milter.label), \(name)=\($0)s }"
                }
        }
        return findings
    }

    /// Version 6 lets a milter name the macros it wants; before it, Postfix sends those of its own lists.
    private func protocolFindings() -> [Finding] {
        let (value, place) = setting("protocol")
        let version = Int(value.prefix { $0.isNumber })
        if let version, version >= 6 { return [] }
        var findings = [
            Finding(
                .error, place, "Signpost needs version 6 of the milter protocol, found \"\(value)\"",
                remedy: milter.settings["protocol"] == nil
                    ? "milter_protocol = 6" : "{ \(milter.label), protocol=6 }")
        ]
        for (list, macros) in [
            ("milter_connect_macros", ["{daemon_name}"]), ("milter_mail_macros", ["{auth_authen}"]),
            ("milter_end_of_data_macros", ["i"]),
        ] {
            let present = way.configuration.value(list, for: way.service)
                .split { $0 == "," || $0.isWhitespace }.map(String.init)
            for macro in macros where !present.contains(macro) {
                findings.append(
                    Finding(
                        .error, way.configuration.place(of: list, for: way.service),
                        "\(list) lacks \(macro), which Signpost cannot ask for in this version of the protocol",
                        remedy: way.line(list, (present + [macro]).joined(separator: " "))))
            }
        }
        return findings
    }
}
