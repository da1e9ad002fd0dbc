import Configuration
import Foundation
import Testing

@testable import MTACheck

/// A folder with an MTA's configuration and Signpost's socket, as another user may or may not reach it.
final class Stage {
    let folder: String
    /// `queue/signpost/milter.sock`, which is there.
    let socket: String
    /// Who the MTA is: another user than ourselves where we can give away files.
    let user: String
    private let descriptor: Int32

    init() throws {
        folder = resolved(NSTemporaryDirectory()) + "/signpost-mta-" + UUID().uuidString.prefix(8)
        socket = folder + "/queue/signpost/milter.sock"
        user = getuid() == 0 ? "nobody" : NSUserName()
        for name in ["etc", "queue/signpost"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = try #require(UnixAddress(path: socket))
        let bound = address.withPointer { bind(descriptor, $0, $1) }
        try #require(bound == 0 && listen(descriptor, 8) == 0)
        let account = try #require(Account(name: user))
        if getuid() == 0 { chown(socket, 0, account.groupIDs[0]) }
        chmod(socket, 0o660)
    }

    deinit {
        close(descriptor)
        chmod(folder + "/queue/signpost", 0o755)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Has the socket stay behind without a listener.
    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    @discardableResult func write(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        // postconf reads files that changed in the last second again and again, until they are older.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: path)
        return path
    }

    /// Signpost's settings, listening at the socket; `yaml` is added, and may have a `listen` of its own.
    func settings(_ yaml: String = "") throws -> Settings {
        let listen = yaml.contains("listen:") ? "" : "listen: unix:\(socket)\n"
        let text = "default_tracking_domains: [track.relay.example]\nsenders: senders.d\n" + listen + yaml
        let (settings, errors) = Settings.parse(Array(text.utf8), file: "signpost.yaml")
        try #require(errors.isEmpty)
        return try #require(settings)
    }

    /// What is found in a Postfix: a good one, with lines behind main.cf and services behind master.cf. `-` before a
    /// parameter's name in `without` takes its line out.
    func postfix(
        _ main: String = "", services: String = "", replacing: [String: String] = [:], yaml: String = ""
    ) throws -> MTAReport {
        var goodMain = """
            compatibility_level = 3.6
            mail_owner = \(user)
            queue_directory = \(folder)/queue
            smtpd_milters = { unix:signpost/milter.sock, default_action=accept }, unix:opendkim/opendkim.sock
            non_smtpd_milters = $smtpd_milters

            """
        var goodMaster = """
            smtp inet n - y - - smtpd
            pickup unix n - n 60 1 pickup
            cleanup unix n - y - 0 cleanup

            """
        for (old, new) in replacing {
            goodMain = goodMain.replacingOccurrences(of: old, with: new)
            goodMaster = goodMaster.replacingOccurrences(of: old, with: new)
        }
        // What is set again stands once: postconf warns of more.
        let set = main.split(separator: "\n").compactMap { $0.split(separator: " ").first.map { $0 + " =" } }
        let kept = goodMain.split(separator: "\n").map { line in
            set.contains { line.hasPrefix($0) } ? "# \(line)" : String(line)
        }
        try write("etc/main.cf", kept.joined(separator: "\n") + "\n" + main)
        try write("etc/master.cf", goodMaster + services)
        return try MTAReport(.postfix, configuration: folder + "/etc", settings: settings(yaml))
    }

    /// What is found in a sendmail.cf: a good one, with text replaced and lines added.
    func sendmail(
        _ more: String = "", replacing: [String: String] = [:], submit: String? = "D{MTAHost}[127.0.0.1]\n",
        yaml: String = ""
    ) throws -> MTAReport {
        var good = """
            # level 10 config file format
            V10/Berkeley
            O RunAsUser=\(user)
            O DontBlameSendmail=GroupWritableDirPathSafe,TrustStickyBit
            O MaxMimeHeaderLength=0
            O DaemonPortOptions=Name=MTA
            O DaemonPortOptions=Port=587, Name=MSA, M=E
            O InputMailFilters=signpost, opendkim
            Xsignpost, S=unix:\(socket), T=C:30s;S:30s;R:60s;E:5m
            Xopendkim, S=unix:/run/opendkim/opendkim.sock, F=T

            """
        for (old, new) in replacing { good = good.replacingOccurrences(of: old, with: new) }
        let path = try write("etc/sendmail.cf", good + more)
        if let submit { try write("etc/submit.cf", submit) }
        return try MTAReport(.sendmail, configuration: path, settings: settings(yaml))
    }
}

extension MTAReport {
    /// What is not a note: `error main.cf:4: …`.
    var complaints: [String] {
        findings.filter { $0.level != .note }.map(\.description)
    }

    var notes: [String] { findings.filter { $0.level == .note }.map(\.description) }

    /// Whether there is one complaint, of this level, in this file, and with all of these words in it.
    func has(only level: Finding.Level, in file: String, _ words: String...) -> Bool {
        let others = findings.filter { $0.level != .note }
        guard others.count == 1, let found = others.first, found.level == level, found.place.contains(file)
        else {
            return false
        }
        return words.allSatisfy { found.description.contains($0) }
    }
}

/// Tests of Postfix ask postconf(1).
let hasPostfix = find("postconf") != nil
