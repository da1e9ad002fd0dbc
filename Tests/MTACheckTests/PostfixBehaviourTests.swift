import Foundation
import Testing

@testable import MTACheck

@Suite(.enabled(if: hasPostfix, "postconf is not installed")) struct PostfixBehaviourTests {
    @Test(arguments: [
        ("tempfail", "have to try again"), ("quarantine", "hold queue"), ("accept", "as it came"),
    ])
    func `while Signpost is down`(action: String, says: String) throws {
        let report = try Stage().postfix(replacing: ["default_action=accept": "default_action=\(action)"])
        #expect(report.complaints == [])
        #expect(report.notes.contains { $0.contains(says) })
    }

    @Test func `while Signpost is down, by the default of all`() throws {
        let report = try Stage().postfix(replacing: [", default_action=accept": ""])
        #expect(report.notes.contains { $0.contains("have to try again (default_action=tempfail)") })
    }

    @Test func `mail is refused for good`() throws {
        let report = try Stage().postfix(replacing: ["default_action=accept": "default_action=reject"])
        #expect(
            report.has(
                only: .warning, in: "main.cf:4", "refused for good",
                "{ unix:signpost/milter.sock, default_action=accept }"))
    }

    @Test func `an action that there is not`() throws {
        let report = try Stage().postfix(replacing: ["default_action=accept": "default_action=pass"])
        #expect(report.has(only: .error, in: "main.cf:4", "found \"pass\""))
    }

    @Test(arguments: [
        ("milter_connect_timeout = 1s", "to connect", "milter_connect_timeout = 30s"),
        ("milter_command_timeout = 5", "for a reply", "milter_command_timeout = 30s"),
        ("milter_content_timeout = 20s", "for the end of a message", "milter_content_timeout = 300s"),
        ("milter_content_timeout = 1h", "longer than clients wait", "milter_content_timeout = 300s"),
    ])
    func `times`(line: String, says: String, remedy: String) throws {
        #expect(try Stage().postfix(line + "\n").has(only: .warning, in: "main.cf:6", says, remedy))
    }

    @Test func `a time that is none`() throws {
        let report = try Stage().postfix("milter_content_timeout = soon\n")
        #expect(report.has(only: .error, in: "main.cf:6", "expected a time", "\"soon\""))
    }

    @Test func `a time of our own`() throws {
        let report = try Stage().postfix(replacing: ["=accept": "=accept, command_timeout=2s"])
        #expect(
            report.has(
                only: .warning, in: "main.cf:4", "for a reply",
                "{ unix:signpost/milter.sock, command_timeout=30s }"))
    }

    @Test func `a protocol that is too old, and macros that are then missing`() throws {
        let old = try Stage().postfix("milter_protocol = 2\n")
        #expect(old.has(only: .error, in: "main.cf:6", "version 6", "milter_protocol = 6"))
        let lacking = try Stage().postfix("milter_protocol = 4\nmilter_mail_macros = i {mail_addr}\n")
        #expect(lacking.complaints.count == 2)
        #expect(lacking.complaints[1].contains("main.cf:7: error: milter_mail_macros lacks {auth_authen}"))
        #expect(lacking.complaints[1].contains("milter_mail_macros = i {mail_addr} {auth_authen}"))
    }

    @Test func `macros are asked for where the protocol allows it`() throws {
        #expect(try Stage().postfix("milter_mail_macros = i\nmilter_connect_macros =\n").complaints == [])
    }

    @Test(arguments: [
        ("{ unix:signpost/milter.sock, default_action=accept", "there is no } behind"),
        (
            "{ unix:signpost/milter.sock, defualt_action=accept }",
            "unknown setting `defualt_action`; did you mean `default_action`?"
        ),
        ("{ unix:signpost/milter.sock, default_action = accept }", "expected name=value without white space"),
        ("{ unix:signpost/milter.sock, {default_action accept} }", "expected name=value without white space"),
        ("signpost/milter.sock", "expected unix:PATH or inet:HOST:PORT, found \"signpost/milter.sock\""),
        ("\"unix:signpost/milter.sock\"", "expected unix:PATH or inet:HOST:PORT"),
        ("unix:signpost/milter.sock }", "found \"}\""),
        (
            "unix:signpost/milter.sock, inet:8893@127.0.0.1",
            "found \"inet:8893@127.0.0.1\"; write inet:127.0.0.1:8893"
        ),
    ])
    func `what Postfix itself does not understand`(list: String, says: String) throws {
        let report = try Stage().postfix("smtpd_milters = \(list)\nmilter_default_action = accept\n")
        #expect(report.count(.error) == 1, "\(report.complaints)")
        #expect(
            report.complaints[0].contains("main.cf:6: error: Postfix takes no mail with this list: "),
            "\(report.complaints)")
        #expect(report.complaints[0].contains(says), "\(report.complaints)")
    }

    @Test(arguments: [
        "{unix:signpost/milter.sock default_action=accept}",
        "{ unix:signpost/milter.sock, { default_action = accept }, protocol=6 }",
    ])
    func `what Postfix understands`(list: String) throws {
        #expect(try Stage().postfix("smtpd_milters = \(list)\n").complaints == [])
    }

    @Test func `what postconf warns of, where it is about milters`() throws {
        let report = try Stage().postfix(
            "foo = bar\nnon_smtp_milters = x\nmynetworks = 127.0.0.1\nmynetworks = 127.0.0.2\n",
            services: "25 inet n - y - - smtpd -o smtpd_mliters=x\n")
        #expect(report.complaints.count == 2, "\(report.complaints)")
        #expect(
            report.complaints.contains {
                $0.contains("main.cf: warning: ")
                    && $0.contains("non_smtp_milters; did you mean non_smtpd_milters?")
            })
        #expect(
            report.complaints.contains {
                $0.contains("master.cf: warning: ")
                    && $0.contains("smtpd_mliters; did you mean smtpd_milters?")
            })
        let twice = try Stage().postfix(
            replacing: [
                "non_smtpd_milters = $smtpd_milters":
                    "smtpd_milters = unix:signpost/milter.sock, unix:x/opendkim.sock\nnon_smtpd_milters = $smtpd_milters"
            ])
        #expect(twice.has(only: .warning, in: "main.cf:5", "smtpd_milters is set a second time"))
    }

    @Test func `asked twice`() throws {
        let report = try Stage().postfix(replacing: [
            ", unix:opendkim/opendkim.sock": ", unix:signpost/milter.sock"
        ])
        #expect(report.has(only: .warning, in: "main.cf:4", "Signpost is in the list 2 times"))
    }

    @Test func `no service takes mail by SMTP`() throws {
        let local = try Stage().postfix(replacing: ["smtp inet n - y - - smtpd\n": ""])
        #expect(local.complaints == [])
        #expect(local.notes.contains { $0.contains("master.cf: note: no service runs smtpd") })
        let none = try Stage().postfix(
            replacing: ["smtp inet n - y - - smtpd\n": "", "non_smtpd_milters = $smtpd_milters": ""])
        #expect(none.complaints.first?.contains("error: no service runs smtpd") == true, "\(none.complaints)")
    }

    @Test func `every service has a list of its own`() throws {
        let report = try Stage().postfix(replacing: ["- - smtpd": "- - smtpd -o smtpd_milters="])
        #expect(report.count(.error) == 1)
        #expect(
            report.complaints[0].contains(
                "master.cf: error: no service asks Signpost: it is in smtpd_milters ("))
        #expect(report.complaints[0].contains("main.cf:4)"))
        #expect(
            report.complaints[1].contains(
                "-o { smtpd_milters = { unix:signpost/milter.sock, default_action=accept } }"))
    }

    @Test func `postconf's own words where the files are broken`() throws {
        #expect {
            try Stage().postfix("this is no parameter\n")
        } throws: { error in
            let error = error as? MTACheckError
            return error?.isMistake == true && error?.description.contains("line 6: missing '='") == true
        }
    }

    @Test func `no folder`() throws {
        let stage = try Stage()
        #expect(throws: MTACheckError.self) {
            try MTAReport(.postfix, configuration: stage.folder + "/nothing", settings: stage.settings())
        }
    }
}
