import Configuration
import PluginHost
import Rewriting
import Senders
import TrackingDomains

// What `log: { level: debug }` adds to the one line per message: how each decision came about. No line has a URL, since
// URLs identify recipients; `signpost rewrite --explain` shows them to whoever has the message.

extension Judgement {
    /// Whose the message is, and by what.
    func explanation(fields: [HeaderField]) -> [String] {
        var lines = ["MAIL FROM \(printable(envelope.sender)), login \(loginForLog), client \(client)"]
        guard let ground = snapshot.settings.outbound.ground(for: envelope, client) else {
            lines.append(
                "not outbound: no login, no daemon of outbound.daemon_names, no client of its networks")
            return lines
        }
        lines.append("outbound: \(ground)")
        let found = snapshot.senders.explain(
            sender: envelope.sender, login: envelope.login, client: client,
            headerFrom: fields.filter { $0.isNamed("from") }.map(\.value))
        lines.append("sender: \(found)")
        if domains.states == nil { lines.append("domain_check: off, every domain counts as verified") }
        return lines
    }
}

extension Outbound {
    /// What makes a message ours, nil where nothing does.
    fileprivate func ground(for envelope: Envelope, _ client: Client) -> String? {
        guard admits(login: envelope.login, client: client, daemonName: envelope.daemonName) else {
            return nil
        }
        if authenticated, let login = envelope.login, !login.isEmpty { return "login \(printable(login))" }
        if let address = client.address, let network = networks.first(where: { $0.contains(address) }) {
            return "client \(client) is in \(network)"
        }
        return "daemon \(printable(envelope.daemonName ?? ""))"
    }
}

extension Judgement.Verdict {
    /// Which domains its links go to, and why.
    var explanation: [String] {
        guard let sender else { return [] }
        var lines: [String] = []
        switch choice?.wish {
        case nil: break
        case .none?, .refused?:
            lines.append("domain: \(sender.trackingDomain), the tracking_domain of sender \(sender.id)")
        case .defaultDomain?: lines.append("domain: the default one, by \(DomainChoice.fieldName)")
        case .own(let domain)?: lines.append("domain: \(domain), by \(DomainChoice.fieldName)")
        }
        if case .rewrite(let sender, let plugins) = outcome {
            for target in plugins.targets where DomainQuestion(target).domain != sender.trackingDomain {
                lines.append("domain: \(DomainQuestion(target).domain) too, by the sender's `plugins`")
            }
        }
        // What is not named here is verified.
        for domain in unverified { lines.append("domain: \(domain) is not verified") }
        return lines
    }
}

extension RewriteResult {
    /// So many links of a message are told one by one: a log is no place for a million.
    static let explainedLinks = 500

    /// What became of each link, and by what.
    var explanation: [String] {
        let moves = rewritten.prefix(Self.explainedLinks).map { link in
            "link in \(printable(link.part)) \(printable(link.place)): moved by \(link.plugin) "
                + "from \(host(of: link.before)) to \(host(of: link.after))"
        }
        let stays = left.prefix(Self.explainedLinks - moves.count).map { link in
            "link in \(printable(link.part)) \(printable(link.place)): left, \(link.reason)"
        }
        let rest = rewritten.count + left.count - moves.count - stays.count
        return moves + stays + (rest > 0 ? ["\(rest) more links, not told"] : [])
    }

    /// The host of an absolute or scheme-relative URL that the engine took apart before.
    private func host(of url: String) -> Substring {
        let authority = url.firstRange(of: "//").map { url[$0.upperBound...] } ?? url[...]
        return authority.prefix { !"/?#".contains($0) }
    }
}
