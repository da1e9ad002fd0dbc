import Foundation
import Testing

@testable import MTACheck

@Suite(.enabled(if: hasPostfix, "postconf is not installed")) struct PostfixTests {
    @Test func `a good configuration`() throws {
        let report = try Stage().postfix()
        #expect(report.complaints == [])
        #expect(report.notes.contains { $0.contains("asked for mail by smtp") })
        #expect(
            report.notes.contains {
                $0.contains("main.cf:4: note: while Signpost is down, mail is delivered")
            })
    }

    @Test func `the lines of conf`() throws {
        let snippet = try String(
            contentsOfFile: repository + "/conf/postfix-main.cf.snippet", encoding: .utf8)
        let stage = try Stage()
        let report = try stage.postfix(snippet)
        #expect(report.complaints == [])
    }

    @Test func `Signpost is in no list`() throws {
        let report = try Stage().postfix(
            "smtpd_milters = unix:opendkim/opendkim.sock\nnon_smtpd_milters = $smtpd_milters\n")
        #expect(report.complaints.count == 2)
        #expect(report.complaints[0].contains("main.cf:6: error: no service asks Signpost"))
        #expect(
            report.complaints[0].contains(
                "smtpd_milters = { unix:signpost/milter.sock, default_action=accept }, unix:opendkim/opendkim.sock"
            ))
    }

    @Test func `mail from sendmail passes by`() throws {
        let report = try Stage().postfix("non_smtpd_milters =\n")
        #expect(
            report.has(only: .warning, in: "main.cf:6", "sendmail(1)", "non_smtpd_milters = $smtpd_milters"))
    }

    @Test(arguments: ["submission", "127.0.0.1:587", "smtps"])
    func `a submission service with a list of its own`(name: String) throws {
        let report = try Stage().postfix(
            services: "\(name) inet n - n - - smtpd\n  -o smtpd_milters=unix:x/y\n")
        #expect(
            report.has(
                only: .error, in: "master.cf:4", name,
                "-o { smtpd_milters = { unix:signpost/milter.sock, default_action=accept }, unix:x/y }"))
    }

    @Test func `another service with a list of its own`() throws {
        let report = try Stage().postfix(services: "2525 inet n - n - - smtpd -o smtpd_milters=\n")
        #expect(report.has(only: .warning, in: "master.cf:4", "mail by 2525 passes"))
    }

    @Test func `a list that master.cf has from a parameter of its own`() throws {
        let report = try Stage().postfix(
            "mua_milters = unix:signpost/milter.sock\n",
            services:
                "submission inet n - n - - smtpd -o smtpd_milters=$mua_milters\n  -o milter_default_action=accept"
        )
        #expect(report.complaints == [])
    }

    @Test func `the port that takes mail back from a content filter need not ask again`() throws {
        let report = try Stage().postfix(
            services: "10025 inet n - n - - smtpd -o content_filter= -o receive_override_options=no_milters\n"
        )
        #expect(report.complaints == [])
    }

    @Test func `behind the signer`() throws {
        let report = try Stage().postfix(
            "smtpd_milters = unix:opendkim/opendkim.sock, { unix:signpost/milter.sock, default_action=accept }\n"
        )
        #expect(
            report.has(
                only: .error, in: "main.cf:6", "after the signer (OpenDKIM",
                "smtpd_milters = { unix:signpost/milter.sock, default_action=accept }, unix:opendkim/opendkim.sock"
            ))
    }

    @Test(arguments: [
        ("inet:127.0.0.1:8891", "OpenDKIM (by its port)"), ("inet:localhost:12301", "OpenDKIM (by its port)"),
        ("unix:dkimpy-milter/dkimpy-milter.sock", "a DKIM filter"),
        ("local:/run/openarc/openarc.sock", "OpenARC"),
    ])
    func `behind other signers`(address: String, name: String) throws {
        let report = try Stage().postfix(
            "smtpd_milters = \(address) unix:signpost/milter.sock\nmilter_default_action = accept")
        #expect(report.has(only: .error, in: "main.cf:6", name))
    }

    @Test(arguments: [
        ("inet:127.0.0.1:11332", "rspamd (by its port)"), ("unix:/run/rspamd/milter.sock", "rspamd at"),
        ("unix:amavis/amavisd-milter.sock", "amavis"), ("unix:/x/y.sock", "can't tell whether it signs"),
    ])
    func `behind what may sign`(address: String, name: String) throws {
        let report = try Stage().postfix(
            "smtpd_milters = \(address) unix:signpost/milter.sock\nmilter_default_action = accept")
        #expect(
            report.has(only: .warning, in: "main.cf:6", name, "smtpd_milters = unix:signpost/milter.sock, "))
    }

    @Test(arguments: [
        "unix:opendmarc/opendmarc.sock", "unix:/clamav/clamav-milter.ctl", "inet:localhost:8893",
    ])
    func `behind what does not sign`(address: String) throws {
        let report = try Stage().postfix(
            replacing: ["= { unix:signpost": "= \(address), { unix:signpost"])
        #expect(report.complaints == [])
    }

    @Test(arguments: ["unix:x/footer.sock", "unix:spamass/spamass.sock"])
    func `a change behind the signer`(address: String) throws {
        let report = try Stage().postfix(replacing: ["opendkim.sock": "opendkim.sock, \(address)"])
        #expect(
            report.has(only: .warning, in: "main.cf:4", "behind the signer", address, "breaks the signature"))
    }

    @Test func `a content filter behind the signer`() throws {
        let report = try Stage().postfix(
            "content_filter = smtp:[127.0.0.1]:10024\n",
            replacing: ["non_smtpd_milters = $smtpd_milters": "non_smtpd_milters = unix:signpost/milter.sock"]
        )
        #expect(
            report.has(
                only: .warning, in: "main.cf:6", "content_filter smtp:[127.0.0.1]:10024", "after the signer"))
    }

    @Test func `checks of bodies that are being sent`() throws {
        let report = try Stage().postfix("smtp_body_checks = regexp:/etc/postfix/body\n")
        #expect(report.has(only: .warning, in: "main.cf:6", "smtp_body_checks", "after the signer"))
    }

    @Test func `checks of bodies that come in, which are before milters`() throws {
        #expect(try Stage().postfix("body_checks = regexp:/etc/postfix/body\n").complaints == [])
    }

    @Test func `a proxy before the queue`() throws {
        let report = try Stage().postfix(
            services: "2525 inet n - n - - smtpd -o smtpd_proxy_filter=127.0.0.1:10024\n")
        #expect(report.has(only: .error, in: "master.cf:4", "see no content", "-o smtpd_milters="))
    }

    @Test func `lists by client`() throws {
        let report = try Stage().postfix("smtpd_milter_maps = cidr:/etc/postfix/milters\n")
        #expect(report.has(only: .warning, in: "main.cf:6", "cidr:/etc/postfix/milters", "can't tell"))
    }

    @Test func `networks that may relay and are not ours`() throws {
        let report = try Stage().postfix("mynetworks = 127.0.0.0/8, [::1]/128 192.0.2.0/24\n")
        #expect(
            report.has(
                only: .warning, in: "main.cf:6", "clients in 192.0.2.0/24 may relay",
                "outbound: { networks: [\"127.0.0.0/8\", \"::1/128\", \"192.0.2.0/24\"] }"))
    }

    @Test func `networks that are ours, or come by a daemon that is`() throws {
        let networks = "mynetworks = 192.0.2.0/25\n"
        #expect(
            try Stage().postfix(networks, yaml: "outbound: { networks: [192.0.2.0/24] }\n").complaints == [])
        #expect(try Stage().postfix(networks + "milter_macro_daemon_name = ORIGINATING\n").complaints == [])
    }
}
