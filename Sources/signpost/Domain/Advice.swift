import Configuration
import DomainNames
import Glibc
import TrackingDomains

/// What is found about a domain, in words for people.
struct Advice {
    let answer: DomainAnswer
    let settings: Settings
    /// Seconds since 1970.
    let now: Int

    private var host: DomainName { answer.question.domain.host }
    private var target: DomainName { settings.cnameTarget }
    private var finding: DomainFinding { answer.finding }

    /// The state in one line.
    var state: String {
        switch finding.verdict {
        case .verified: "in place"
        case .flattened: "in place, by its addresses (no CNAME)"
        case .unreachable(let reason): "not known, the look-up failed: \(reason)"
        case let verdict: "NOT in place: \(verdict)"
        }
    }

    /// What the operator should see to although the domain works.
    var warnings: [String] {
        var warnings = [finding.note].compactMap { $0 }
        guard let certificate = finding.certificate else { return warnings }
        if let problem = certificate.problem, finding.verdict.isInOrder {
            warnings.append("clients refuse its certificate: \(problem)")
        } else if certificate.problem == nil, certificate.expires(within: .warningPeriod, of: now) {
            let days = (certificate.notAfter - now) / 86400
            let when = days < 1 ? "within a day" : days == 1 ? "in 1 day" : "in \(days) days"
            warnings.append("its certificate expires \(when), on \(day(certificate.notAfter))")
        }
        return warnings
    }

    /// What DNS says now.
    var published: String {
        let places = [host.description] + finding.chain.map(\.description)
        let addresses = finding.addresses.map(\.description).joined(separator: ", ")
        if places.count == 1, addresses.isEmpty {
            if case .unreachable = finding.verdict { return "not known" }
            return finding.verdict == .bogus ? "something that validating resolvers reject" : "nothing"
        }
        let seconds = finding.timeToLive?.components.seconds ?? 0
        let time = seconds > 0 ? " (resolvers keep it for \(seconds) s)" : ""
        return (places + (addresses.isEmpty ? [] : [addresses])).joined(separator: " -> ") + time
    }

    /// What to do; nil where there is nothing to do.
    var remedy: String? {
        if isApex, settings.domainCheck.flattened == .refuse, !finding.verdict.isInOrder {
            return "Choose a name below \(host), and enter it with `signpost domain add`."
        }
        return dnsRemedy
    }

    private var isApex: Bool { DomainRecord(answer.question.domain, target: target).isApex }

    private var dnsRemedy: String? {
        switch finding.verdict {
        case .verified, .flattened: nil
        case .missing:
            "Publish the record above." + waiting("If that was done just now, resolvers may still say no")
        case .wrongTarget:
            "Replace what is published for \(host) by the record above."
                + waiting("If that was done just now, resolvers may still have the old one")
        case .loop: "Replace the CNAME records of \(host) by the record above: they lead back to themselves."
        case .noAddress:
            "Correct the CNAME of \(host): it has to point to \(target), letter by letter, "
                + "and in many web forms with a dot at the end."
        case .bogus:
            "Whoever runs the DNS of \(host) has to repair its DNSSEC: the signatures of the zone, or the DS record "
                + "above it. Until then part of the readers cannot open the links."
        case .unreachable:
            "Try again later. If it stays so, look at the resolvers that are asked (`domain_check.resolvers`) "
                + "and at the DNS servers of \(host)."
        case .noHTTPS:
            "DNS is in order. The server behind \(target) has to answer for \(host) on port "
                + "\(answer.question.domain.port ?? settings.domainCheck.httpsPort) "
                + "with a certificate in that name."
        }
    }

    private func waiting(_ sentence: String) -> String {
        guard let time = finding.timeToLive?.components.seconds, time > 0 else { return "" }
        return " \(sentence) for up to \(time < 120 ? "\(time) seconds" : "\((time + 59) / 60) minutes")."
    }
}

extension DomainFinding.Certificate {
    /// Whether it expires within `period`; also where it has.
    func expires(within period: Duration, of now: Int) -> Bool {
        notAfter - now < Int(period.components.seconds)
    }
}

/// Seconds since 1970.
func secondsSince1970() -> Int { time(nil) }

/// `2026-12-24` in UTC.
func day(_ seconds: Int) -> String { String(timestamp(seconds).prefix(10)) }

/// `2026-12-24T18:00:00Z` (RFC 3339).
func timestamp(_ seconds: Int) -> String {
    var (seconds, parts) = (seconds, tm())
    gmtime_r(&seconds, &parts)
    func digits(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
        + "T\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))Z"
}
