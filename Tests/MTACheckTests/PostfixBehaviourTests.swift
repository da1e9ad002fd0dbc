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
        ("milter_content_timeout = soon", "expected a time", "\"soon\""),
    ])
    func `times`(line: String, says: String, remedy: String) throws {
        #expect(try Stage().postfix(line + "\n").has(only: .warning, in: "main.cf:6", says, remedy))
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
