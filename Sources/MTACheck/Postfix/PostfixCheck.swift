import Configuration

/// Looks at an instance of Postfix with Signpost's eyes.
struct PostfixCheck {
    let configuration: PostfixConfiguration
    let settings: Settings

    /// Everything that was found, the same thing once.
    func findings() -> [Finding] {
        let smtp = configuration.services.filter { $0.program == "smtpd" }
            .map { PostfixWay(configuration, $0, "smtpd_milters", listen: settings.listen) }
        let hasPickup = configuration.services.contains { $0.program == "pickup" }
        let local = configuration.services.first { $0.name == "cleanup" && hasPickup }
            .map { PostfixWay(configuration, $0, "non_smtpd_milters", listen: settings.listen) }
        var findings = PostfixPresence(configuration: configuration, settings: settings).findings(
            smtp: smtp, local: local)
        let ways = smtp + (local.map { [$0] } ?? [])
        for way in ways { findings += elementFindings(way) }
        findings += configuration.warnings.compactMap(postconfFinding)
        for way in ways where !way.ours.isEmpty {
            if way.ours.count > 1 {
                findings.append(
                    Finding(
                        .warning, way.place,
                        "Signpost is in the list \(way.ours.count) times, and is asked as often about each message"
                    ))
            }
            findings += orderFindings(way)
            findings += afterFindings(way)
            for milter in way.ours {
                findings += PostfixReach(way: way, milter: milter, settings: settings).findings()
                findings += PostfixBehaviour(way: way, milter: milter).findings()
            }
        }
        findings += networkFindings(smtp)
        return findings.withoutRepetition
    }

    /// Elements that Postfix itself does not understand. It does not pass them over: it takes no mail.
    private func elementFindings(_ way: PostfixWay) -> [Finding] {
        way.milters.compactMap { milter in
            milter.problem.map { problem in
                Finding(
                    .error, way.place, "Postfix takes no mail with this list: \(problem)",
                    remedy: way.isOurs(milter) ? "{ \(ourAddress), default_action=accept }" : nil)
            }
        }
    }

    private var ourAddress: String {
        PostfixPresence(configuration: configuration, settings: settings).ourAddress
    }

    /// What postconf warns of, where it is about milters: a line that another one overrides, a name that nobody reads.
    private func postconfFinding(_ warning: String) -> Finding? {
        guard
            let match = warning.wholeMatch(
                of:
                    /[^ ]*postconf: warning: (.+?)(?:, line (\d+))?: (overriding earlier entry|unused parameter): ([^=]+)=.*/
            )
        else { return nil }
        let (file, name) = (String(match.1), trimmed(match.4))
        let known = PostfixConfiguration.names.filter { $0.contains("milter") }
        if match.3 == "unused parameter" {
            guard let meant = nearest(to: name, among: known) else { return nil }
            return Finding(
                .warning, file, "no part of Postfix reads the parameter \(name); did you mean \(meant)?")
        }
        guard known.contains(name) else { return nil }
        return Finding(
            .warning, file + (match.2.map { ":\($0)" } ?? ""),
            "\(name) is set a second time; an earlier line of the file has no effect")
    }

    /// Once for a list that several services have from main.cf.
    private func orderFindings(_ way: PostfixWay) -> [Finding] {
        var chain = way.chain
        if way.service.overrides[way.parameter] == nil { chain.mail = "smtpd_milters" }
        // `non_smtpd_milters = $smtpd_milters` is put right by the line above it.
        if way.parameter == "non_smtpd_milters", chain.filters.map(\.text) != common {
            chain.mail = way.parameter
        }
        return chain.orderFindings()
    }

    private var common: [String] {
        PostfixMilter.list(configuration.value("smtpd_milters", for: nil)).map(\.text)
    }

    /// What changes bodies when all milters have seen them.
    private func afterFindings(_ way: PostfixWay) -> [Finding] {
        var findings: [Finding] = []
        let filter = configuration.value("content_filter", for: way.service)
        if !filter.isEmpty, way.chain.maySign {
            findings.append(
                Finding(
                    .warning, configuration.place(of: "content_filter", for: way.service),
                    "content_filter \(filter) gets \(way.mail) after the signer and can change its body; have Signpost "
                        + "and the signer in the list of the service that takes mail back from it, in master.cf:",
                    remedy: way.line(way.parameter, "")))
        }
        if !configuration.value("smtp_body_checks", for: nil).isEmpty, way.chain.maySign {
            findings.append(
                Finding(
                    .warning, configuration.place(of: "smtp_body_checks", for: nil),
                    "smtp_body_checks are for mail that is being sent, after the signer; a REPLACE or IGNORE there breaks "
                        + "signatures"))
        }
        let proxy = configuration.value("smtpd_proxy_filter", for: way.service)
        if way.parameter == "smtpd_milters", !proxy.isEmpty {
            findings.append(
                Finding(
                    .error, configuration.place(of: "smtpd_proxy_filter", for: way.service),
                    "\(way.mail): milters before smtpd_proxy_filter \(proxy) see no content (MILTER_README); have Signpost "
                        + "and the signer in the list of the service that takes mail back from it, and none here:",
                    remedy: "-o smtpd_milters="))
        }
        return findings
    }

    /// Clients that may relay, and whose mail is not ours to rewrite.
    private func networkFindings(_ smtp: [PostfixWay]) -> [Finding] {
        guard configuration.isSet("mynetworks") else { return [] }
        let isNamed = smtp.filter { !$0.ours.isEmpty }.allSatisfy {
            settings.outbound.daemonNames.contains(
                configuration.value("milter_macro_daemon_name", for: $0.service))
        }
        if isNamed { return [] }
        let unknown = configuration.value("mynetworks", for: nil)
            .split { $0 == "," || $0.isWhitespace }
            .compactMap { try? Network(parsing: String($0)) }
            .filter { network in
                !settings.outbound.networks.contains {
                    $0.prefixLength <= network.prefixLength && $0.contains(network.address)
                }
            }
        guard !unknown.isEmpty else { return [] }
        let list = (settings.outbound.networks + unknown).map { "\"\($0)\"" }.joined(separator: ", ")
        return [
            Finding(
                .warning, configuration.place(of: "mynetworks", for: nil),
                "clients in \(unknown.map(\.description).joined(separator: ", ")) may relay, and Signpost does not take "
                    + "their mail for ours unless they log in; if it is, in \(settings.file):",
                remedy: "outbound: { networks: [\(list)] }")
        ]
    }
}
