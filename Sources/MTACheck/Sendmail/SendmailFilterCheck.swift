import Configuration
import Glibc

/// One `X` line that is Signpost.
struct SendmailFilterCheck {
    let file: SendmailFile
    let filter: SendmailFile.Filter
    let settings: Settings

    private var place: String { file.place(filter.line) }
    private var address: String { filter.equates["S"] ?? "" }

    func findings() -> [Finding] { reachFindings() + downFindings() + timeFindings() }

    private func reachFindings() -> [Finding] {
        switch MilterAddress(sendmail: address) {
        case .unix(let path) where settings.listen.isSocket(at: path):
            guard let account = account else {
                return [
                    Finding(
                        .warning, file.place(file.options["RunAsUser"]?.line),
                        "we can't tell whether it reaches \(path): there is no such user")
                ]
            }
            return Reach(account: account, settings: settings).findings(for: path) + unsafeFolders(path)
        case .inet where MilterAddress(sendmail: address)?.isPort(of: settings.listen) == true:
            return []
        case .inet, .unix, nil:
            if case .descriptor = settings.listen { return [] }
            return [
                Finding(
                    .error, place,
                    "\(filter.name): Sendmail looks for Signpost at \"\(address)\", and it listens at \(settings.listen) "
                        + "(\(settings.file)); in sendmail.mc:",
                    remedy: line(address: "\(settings.listen)"))
            ]
        }
    }

    /// As whom Sendmail connects.
    private var account: Account? {
        let user = file.options["RunAsUser"]?.value ?? "root"
        return Account(name: user.split { $0 == ":" || $0 == "." }.first.map(String.init) ?? "root")
    }

    /// Sendmail does not use a socket that others might put another in the place of.
    private func unsafeFolders(_ path: String) -> [Finding] {
        let trusts = file.options["DontBlameSendmail"]?.value.lowercased() ?? ""
        return foldersAbove(path).compactMap { folder in
            var status = stat()
            guard stat(folder, &status) == 0 else { return nil }
            if status.st_mode & S_ISVTX != 0, trusts.contains("truststickybit") { return nil }
            let byGroup = status.st_mode & S_IWGRP != 0 && !trusts.contains("groupwritabledirpathsafe")
            guard byGroup || status.st_mode & S_IWOTH != 0 else { return nil }
            return Finding(
                .error, folder,
                "Sendmail refuses the socket \(path) as unsafe: others may write to this folder (\(ownership(status)))",
                remedy: status.st_mode & S_ISVTX == 0
                    ? "chmod go-w \(folder)"
                    // Such as /tmp, which is everybody's on purpose.
                    : "listen: unix:/run/signpost/milter.sock   (\(settings.file))")
        }
    }

    private func downFindings() -> [Finding] {
        switch filter.equates["F"]?.first {
        case nil:
            return [
                Finding(
                    .note, place,
                    "\(filter.name): while Signpost is down, mail is delivered as it came (no F=)")
            ]
        case "T", "4":
            return [
                Finding(
                    .note, place, "\(filter.name): while Signpost is down, clients have to try again (F=T)")
            ]
        case let flag? where flag != "R":
            return [
                Finding(
                    .warning, place,
                    "\(filter.name): expected F=T, for clients to try again while Signpost is down, or no F=, found F="
                        + "\(filter.equates["F"] ?? ""); in sendmail.mc:",
                    remedy: line(flags: ""))
            ]
        default:
            return [
                Finding(
                    .warning, place,
                    "\(filter.name): while Signpost is down, mail is refused for good (F=\(filter.equates["F"] ?? "")); in "
                        + "sendmail.mc:",
                    remedy: line(flags: ""))
            ]
        }
    }

    /// `T=C:5m;S:10s;R:10s;E:5m`, with Sendmail's own values for what is missing.
    private func timeFindings() -> [Finding] {
        var times = ["C": "5m", "S": "10s", "R": "10s", "E": "5m"]
        var findings: [Finding] = []
        for time in (filter.equates["T"] ?? "").split(separator: ";") {
            let parts = time.split(separator: ":", maxSplits: 1)
            if parts.count == 2, times[trimmed(parts[0])] != nil {
                times[trimmed(parts[0])] = trimmed(parts[1])
            } else {
                findings.append(
                    Finding(
                        .warning, place,
                        "\(filter.name): expected C:, S:, R: or E: with a time in T=, found \(quoted(trimmed(time)))",
                        remedy: line()))
            }
        }
        let limits = TimeLimits(place: place, mail: filter.name)
        return findings
            + [("C", TimeLimits.Kind.connect), ("S", .command), ("R", .command), ("E", .content)].flatMap {
                key, kind in
                limits.findings(kind, times[key] ?? "", defaultUnit: "s") { _ in line() }
            }
    }

    /// The line for sendmail.mc as it should be.
    private func line(address: String? = nil, flags: String? = nil) -> String {
        let flags = flags ?? filter.equates["F"].map { "F=\($0), " } ?? ""
        return
            "INPUT_MAIL_FILTER(`\(filter.name)', `S=\(address ?? self.address), \(flags)T=C:30s;S:30s;R:60s;E:5m')dnl"
    }
}
