import Configuration
import Glibc

/// The MTAs that can be looked at.
public enum MTA: String, CaseIterable, Sendable {
    /// Through postconf(1).
    case postfix
    /// By its sendmail.cf.
    case sendmail

    /// The one that `configuration` belongs to, a folder of Postfix or a file of Sendmail; without one, the one that this
    /// machine has. Postfix brings a sendmail(1) of its own, and Sendmail no postconf.
    ///
    /// - Throws: where there is none.
    public static func present(configuration: String?) throws(MTACheckError) -> MTA {
        if let configuration {
            var status = stat()
            guard stat(configuration, &status) == 0 else {
                throw MTACheckError("\(configuration): \(systemError())", isMistake: false)
            }
            return status.st_mode & S_IFMT == S_IFDIR ? .postfix : .sendmail
        }
        if find("postconf") != nil { return .postfix }
        if access(usualSendmailFile, R_OK) == 0 { return .sendmail }
        throw MTACheckError(
            "neither Postfix (postconf) nor Sendmail (\(usualSendmailFile)) was found; say --mta-config",
            isMistake: false)
    }
}

/// Where Sendmail's configuration is on all systems of this century.
private let usualSendmailFile = "/etc/mail/sendmail.cf"

/// What became of a check.
public struct MTAReport: Sendable {
    /// What was looked at: `Postfix 3.7.11 in /etc/postfix`.
    public var subject: String
    /// What was found, errors first.
    public var findings: [Finding]

    /// Looks at the configuration of `mta` with the eyes of a Signpost that has `settings`.
    ///
    /// - Parameter configuration: a folder of Postfix or a file of Sendmail; nil for the usual one.
    public init(_ mta: MTA, configuration: String?, settings: Settings) throws(MTACheckError) {
        switch mta {
        case .postfix:
            let postfix = try PostfixConfiguration(folder: configuration.map(absolutePath))
            subject = "Postfix \(postfix.value("mail_version", for: nil)) in \(postfix.folder)"
            findings = PostfixCheck(configuration: postfix, settings: settings).findings()
        case .sendmail:
            let file = try SendmailFile(path: absolutePath(configuration ?? usualSendmailFile))
            guard file.hasVersion else {
                throw MTACheckError(
                    "\(file.path): expected a sendmail.cf, found no line such as V10/Berkeley; name the file that m4 makes "
                        + "of sendmail.mc")
            }
            subject = "Sendmail with \(file.path)"
            findings = SendmailCheck(file: file, settings: settings).findings()
        }
        let levels: [Finding.Level] = [.error, .warning, .note]
        findings = levels.flatMap { level in findings.filter { $0.level == level } }
    }

    /// How many findings are of this level.
    public func count(_ level: Finding.Level) -> Int { findings.count { $0.level == level } }
}

/// Postfix wants its folder by an absolute path, and a finding is to name its file so.
private func absolutePath(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}

/// What `errno` means, in words.
func systemError() -> String { String(cString: strerror(errno)) }
