import Foundation
import Testing

@testable import MTACheck

@Suite(.enabled(if: hasPostfix, "postconf is not installed")) struct PostfixReachTests {
    @Test func `the chroot hides the socket`() throws {
        let stage = try Stage()
        let report = try stage.postfix(replacing: ["unix:signpost/milter.sock": "unix:\(stage.socket)"])
        #expect(report.count(.error) == 2)
        #expect(report.complaints[0].contains("master.cf:1: error: mail by smtp: smtpd runs in the chroot"))
        #expect(
            report.complaints[0].contains(
                "install -d -o signpost -g \(stage.user) -m 2750 \(stage.folder)/queue/signpost"))
        #expect(report.complaints[0].contains("postconf -F smtp/inet/chroot=n"))
        #expect(
            report.complaints[1].contains(
                "master.cf:3: error: mail from sendmail(1): cleanup runs in the chroot"))
    }

    @Test func `an absolute path outside the chroot`() throws {
        let stage = try Stage()
        let report = try stage.postfix(
            replacing: ["unix:signpost/milter.sock": "unix:\(stage.socket)", "- y -": "- n -"])
        #expect(report.complaints == [])
    }

    @Test(arguments: [("0", "the chroot"), ("3.6", "")])
    func `a dash in column 5 means the chroot where Postfix is to be as before 3.0`(
        level: String, says: String
    ) throws {
        let stage = try Stage()
        let report = try stage.postfix(
            replacing: [
                "unix:signpost/milter.sock": "unix:\(stage.socket)", "- y -": "- - -",
                "compatibility_level = 3.6": "compatibility_level = \(level)",
            ])
        #expect(report.complaints.allSatisfy { $0.contains(says) })
        #expect(report.complaints.isEmpty == says.isEmpty)
    }

    @Test func `another path than Signpost's`() throws {
        let report = try Stage().postfix(replacing: ["signpost/milter.sock": "signpost/signpost.sock"])
        #expect(report.count(.error) == 2)
        #expect(
            report.complaints[0].contains("main.cf:4: error: mail by smtp: Postfix looks for Signpost at"))
    }

    @Test func `a folder that Postfix may not enter`() throws {
        let stage = try Stage()
        chmod(stage.folder + "/queue/signpost", 0)
        let report = try stage.postfix()
        #expect(
            report.complaints.first?.contains(
                "/queue/signpost: error: user \(stage.user) may not enter this folder") == true)
        #expect(report.complaints.first?.contains("mode 00)") == true)
        #expect(report.complaints.first?.contains("chmod g+x") == true)
    }

    @Test func `a socket that Postfix may not write to`() throws {
        let stage = try Stage()
        chmod(stage.socket, 0o400)
        #expect(
            try stage.postfix().has(
                only: .error, in: "/milter.sock", "may not write to the socket", "mode 0400", "socket_group: "
            ))
    }

    @Test func `a socket that everybody may write to`() throws {
        let stage = try Stage()
        chmod(stage.socket, 0o666)
        #expect(
            try stage.postfix().has(
                only: .warning, in: "/milter.sock", "everybody may write", "socket_mode: \"0660\""))
    }

    @Test func `a socket that nobody listens on`() throws {
        let stage = try Stage()
        stage.hangUp()
        #expect(try stage.postfix().has(only: .warning, in: "/milter.sock", "nobody listens on the socket"))
    }

    @Test(.enabled(if: getuid() != 0, "root may look everywhere")) func `a folder that we may not enter`()
        throws
    {
        let stage = try Stage()
        chmod(stage.folder + "/queue/signpost", 0o600)
        #expect(
            try stage.postfix().complaints.contains {
                $0.contains("milter.sock: warning: user ") && $0.contains("check again as root")
            })
    }

    @Test func `no socket yet, and a mode that would not do`() throws {
        let stage = try Stage()
        unlink(stage.socket)
        let report = try stage.postfix(yaml: "socket_mode: \"0600\"\n")
        #expect(report.complaints.count == 2)
        #expect(
            report.complaints[0].contains(
                "signpost.yaml: error: user \(stage.user) will not be allowed to connect"))
        #expect(report.complaints[1].contains("warning: there is no socket: Signpost is not running"))
    }

    @Test func `no folder for the socket`() throws {
        let stage = try Stage()
        unlink(stage.socket)
        rmdir(stage.folder + "/queue/signpost")
        let report = try stage.postfix()
        #expect(
            report.has(only: .error, in: "/queue/signpost", "is not there", "install -d -o signpost -g"),
            "\(report.complaints)")
    }

    @Test func `a group that there is not`() throws {
        let report = try Stage().postfix(yaml: "socket_group: no-such-group\n")
        #expect(
            report.has(
                only: .error, in: "signpost.yaml", "there is no group called \"no-such-group\"",
                "socket_group: "),
            "\(report.complaints)")
    }

    @Test func `something else in the socket's place`() throws {
        let stage = try Stage()
        unlink(stage.socket)
        try stage.write("queue/signpost/milter.sock", "")
        #expect(try stage.postfix().has(only: .error, in: "/milter.sock", "not a socket"))
    }

    @Test func `by TCP`() throws {
        let replacing = ["unix:signpost/milter.sock": "inet:localhost:8899"]
        #expect(
            try Stage().postfix(replacing: replacing, yaml: "listen: inet:8899@127.0.0.1\n").complaints == [])
        let other = try Stage().postfix(replacing: replacing, yaml: "listen: inet:8898@127.0.0.1\n")
        #expect(other.complaints[0].contains("no service asks Signpost"))
        #expect(other.complaints[0].contains("{ inet:127.0.0.1:8898, default_action=accept }, "))
    }

    @Test func `a unix socket, while Signpost listens by TCP`() throws {
        let report = try Stage().postfix(yaml: "listen: inet:8899@127.0.0.1\n")
        #expect(report.complaints[0].contains("and it listens at inet:8899@127.0.0.1"))
        #expect(report.complaints[0].contains("smtpd_milters = inet:127.0.0.1:8899, …"))
    }

    @Test func `a path that has the word in a folder far above is not meant as ours`() throws {
        let report = try Stage().postfix(
            replacing: [
                "opendkim/opendkim.sock":
                    "/srv/signpost.example/run/opendkim/opendkim.sock, unix:/signpost/a/b.sock"
            ])
        #expect(report.count(.error) == 0)
        #expect(report.complaints.count == 1)
        #expect(report.complaints[0].contains("behind the signer comes unix:/signpost/a/b.sock"))
    }
}
