import Configuration

/// Whether Postfix asks Signpost at all, and on which ways.
struct PostfixPresence {
    let configuration: PostfixConfiguration
    let settings: Settings

    func findings(smtp: [PostfixWay], local: PostfixWay?) -> [Finding] {
        let asked = smtp.filter { !$0.ours.isEmpty }
        var findings: [Finding] = []
        let common = PostfixWay(main: configuration, listen: settings.listen)
        if smtp.isEmpty {
            // An instance that takes mail from this machine's programs alone, perhaps.
            findings.append(
                Finding(
                    local?.ours.isEmpty == false ? .note : .error, configuration.masterFile,
                    "no service runs smtpd: no mail comes by SMTP"))
        } else if asked.isEmpty, let ours = common.ours.first {
            findings.append(
                Finding(
                    .error, configuration.masterFile,
                    "no service asks Signpost: it is in smtpd_milters (\(common.place)), and every service has a list of "
                        + "its own, or receive_override_options=no_milters"))
            findings += smtp.compactMap { missing($0, beside: ours) }
        } else if asked.isEmpty {
            findings.append(
                Finding(
                    .error, configuration.place(of: "smtpd_milters", for: nil),
                    "no service asks Signpost: it is not in smtpd_milters",
                    remedy:
                        "smtpd_milters = \(with(ourElement, configuration.value("smtpd_milters", for: nil)))")
            )
        } else {
            findings += smtp.filter(\.ours.isEmpty).compactMap { missing($0, beside: asked[0].ours[0]) }
            findings.append(
                Finding(
                    .note, configuration.place(of: "smtpd_milters", for: nil),
                    "asked for mail by \(asked.map(\.service.name).joined(separator: ", "))"))
        }
        if let local, local.ours.isEmpty {
            findings.append(
                Finding(
                    .warning, local.place,
                    "mail from sendmail(1), from programs on this machine, passes Signpost by",
                    remedy: local.line("non_smtpd_milters", "$smtpd_milters")))
        }
        let maps = configuration.value("smtpd_milter_maps", for: nil)
        if !maps.isEmpty {
            findings.append(
                Finding(
                    .warning, configuration.place(of: "smtpd_milter_maps", for: nil),
                    "smtpd_milter_maps \(maps): clients in there have lists of their own, which we can't tell"
                ))
        }
        return findings
    }

    /// A service that does not ask, beside others that do.
    private func missing(_ way: PostfixWay, beside ours: PostfixMilter) -> Finding? {
        // Mail comes back from a content filter to a service that filters no more: it was seen on its way there.
        let isReturn =
            way.service.overrides["content_filter"] == ""
            || way.configuration.value("receive_override_options", for: way.service).contains("no_milters")
        if isReturn { return nil }
        let isSubmission =
            ["submission", "submissions", "smtps", "587", "465"].contains {
                way.service.name == $0 || way.service.name.hasSuffix(":" + $0)
            } || configuration.value("milter_macro_daemon_name", for: way.service) == "ORIGINATING"
        return Finding(
            isSubmission ? .error : .warning, way.place,
            "\(way.mail) passes Signpost by" + (isSubmission ? ", and that is where senders log in" : ""),
            remedy: way.line(
                "smtpd_milters", with(ours.text, way.milters.map(\.text).joined(separator: ", ")))
        )
    }

    private func with(_ ours: String, _ others: String) -> String {
        others.isEmpty ? ours : "\(ours), \(others)"
    }

    private var ourElement: String { "{ \(ourAddress), default_action=accept }" }

    /// Signpost's address for Postfix; a path below the queue directory is right in the chroot and outside it.
    var ourAddress: String {
        var address = settings.listen.postfixNotation ?? "unix:signpost/milter.sock"
        let queue = resolved(configuration.value("queue_directory", for: nil)) + "/"
        if case .unix(let path) = settings.listen, resolved(path).hasPrefix(queue) {
            address = "unix:" + resolved(path).dropFirst(queue.count)
        }
        return address
    }
}
