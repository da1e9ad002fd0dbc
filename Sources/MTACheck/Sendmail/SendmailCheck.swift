import Configuration
import Glibc

/// Looks at Sendmail's configuration with Signpost's eyes.
struct SendmailCheck {
    let file: SendmailFile
    let settings: Settings

    private var chains: [(daemon: SendmailFile.Daemon, chain: FilterChain)] {
        let daemons =
            file.daemons.isEmpty ? [SendmailFile.Daemon(name: "MTA", port: "25", line: 1)] : file.daemons
        return daemons.map { daemon in
            let own = daemon.filters != nil
            let filters = (daemon.filters ?? file.inputMailFilters).map { name in
                let address = file.filters[name]?.equates["S"].flatMap(MilterAddress.init(sendmail:))
                return FilterChain.Filter(
                    text: name, label: name, address: address, isOurs: isOurs(name, address))
            }
            return (
                daemon,
                FilterChain(
                    mail: own ? "mail by \(daemon.name) (port \(daemon.port))" : "InputMailFilters",
                    place: file.place(own ? daemon.line : file.options["InputMailFilters"]?.line),
                    filters: filters,
                    syntax: own
                        ? ("InputMailFilters=", ";", "")
                        : ("define(`confINPUT_MAIL_FILTERS', `", ", ", "')dnl"))
            )
        }
    }

    /// Whether this is Signpost, found or, by its name or path, meant.
    private func isOurs(_ name: String, _ address: MilterAddress?) -> Bool {
        guard let address else { return name.lowercased().contains("signpost") }
        if case .unix(let path) = address, case .unix(let ours) = settings.listen,
            resolved(path) == resolved(ours)
        {
            return true
        }
        return address.isPort(of: settings.listen) || address.isMeantAsOurs(label: name)
    }

    /// Everything that was found, the same thing once.
    func findings() -> [Finding] {
        let chains = chains
        var findings = presenceFindings(chains)
        for (_, chain) in chains {
            findings += chain.orderFindings()
            for filter in chain.filters {
                guard let line = file.filters[filter.text] else {
                    findings.append(
                        Finding(
                            .error, chain.place, "\(chain.mail): no filter is called \"\(filter.text)\"",
                            remedy: "MAIL_FILTER(`\(filter.text)', `S=…')dnl"))
                    continue
                }
                if filter.isOurs {
                    findings += SendmailFilterCheck(file: file, filter: line, settings: settings).findings()
                }
            }
        }
        findings += submissionFindings()
        findings += mimeFindings(chains.map(\.chain))
        return findings.withoutRepetition
    }

    private func presenceFindings(_ chains: [(daemon: SendmailFile.Daemon, chain: FilterChain)]) -> [Finding]
    {
        let asked = chains.filter(\.chain.hasOurs)
        let common = file.inputMailFilters.first { isOurs($0, nil) }
        if asked.isEmpty, let common {
            return [
                Finding(
                    .error, file.place(file.options["InputMailFilters"]?.line),
                    "no daemon asks Signpost: it is in InputMailFilters, and every daemon has a list of its own"
                )
            ] + chains.map { passing($0, $1, by: common) }
        }
        if asked.isEmpty {
            let isDefined = file.filters.keys.sorted().first { isOurs($0, nil) }
            return [
                Finding(
                    .error,
                    file.place(
                        isDefined.flatMap { file.filters[$0]?.line } ?? file.options["InputMailFilters"]?.line
                    ),
                    isDefined.map {
                        "filter \($0) is defined, and no daemon asks it: MAIL_FILTER and confINPUT_MAIL_FILTERS go "
                            + "together; in sendmail.mc:"
                    }
                        ?? "no daemon asks Signpost: it is not in InputMailFilters; in sendmail.mc, before the signer:",
                    remedy: inputMailFilter)
            ]
        }
        // A daemon is there once for each address family.
        var daemons: [String] = []
        for (daemon, _) in asked where !daemons.contains("\(daemon.name) (port \(daemon.port))") {
            daemons.append("\(daemon.name) (port \(daemon.port))")
        }
        let findings = [
            Finding(.note, asked[0].chain.place, "asked for mail by \(daemons.joined(separator: ", "))")
        ]
        let ours = asked[0].chain.filters.first(where: \.isOurs)?.text ?? "signpost"
        return findings + chains.filter { !$0.chain.hasOurs }.map { passing($0, $1, by: ours) }
    }

    /// A daemon whose list Signpost, the filter called `ours`, is not in.
    private func passing(_ daemon: SendmailFile.Daemon, _ chain: FilterChain, by ours: String) -> Finding {
        let isSubmission = ["587", "465", "submission", "submissions", "smtps"].contains(daemon.port)
        return Finding(
            isSubmission ? .error : .warning, chain.place,
            "mail by \(daemon.name) (port \(daemon.port)) passes Signpost by"
                + (isSubmission ? ", and that is where senders log in" : ""),
            remedy: "InputMailFilters=" + ([ours] + chain.filters.map(\.text)).joined(separator: ";"))
    }

    private var inputMailFilter: String {
        "INPUT_MAIL_FILTER(`signpost', `S=\(settings.listen), T=C:30s;S:30s;R:60s;E:5m')dnl"
    }

    /// Mail from programs on this machine goes by SMTP to the host that submit.cf names.
    private func submissionFindings() -> [Finding] {
        let folder = file.path.lastIndex(of: "/").map { file.path[..<$0] } ?? "."
        let path = "\(folder)/submit.cf"
        guard let submit = try? SendmailFile(path: path) else {
            return [
                Finding(
                    .warning, path,
                    "not there: mail from sendmail(8), from programs on this machine, goes straight to the queue and passes "
                        + "no filter")
            ]
        }
        let (host, line) = submit.macros["MTAHost"] ?? ("[127.0.0.1]", 1)
        let bare = host.filter { !"[]".contains($0) }.lowercased()
        if bare.hasPrefix("127.") || ["localhost", "ipv6:::1", "ipv6:0:0:0:0:0:0:0:1"].contains(bare) {
            return []
        }
        return [
            Finding(
                .warning, submit.place(line),
                "mail from sendmail(8), from programs on this machine, goes to \(host) and not through this Sendmail's "
                    + "filters; in submit.mc:",
                remedy: "FEATURE(`msp', `[127.0.0.1]')dnl")
        ]
    }

    /// Sendmail takes messages apart after all filters to look at their MIME fields, and closes open multiparts.
    private func mimeFindings(_ chains: [FilterChain]) -> [Finding] {
        let option = file.options["MaxMimeHeaderLength"]
        guard option?.value != "0", chains.contains(where: { $0.hasOurs && $0.maySign }) else { return [] }
        return [
            Finding(
                .note, file.place(option?.line),
                "after all filters Sendmail closes a multipart whose last boundary is missing, and so breaks the signature of "
                    + "such a message; in sendmail.mc:",
                remedy: "define(`confMAX_MIME_HEADER_LENGTH', `0')dnl")
        ]
    }
}
