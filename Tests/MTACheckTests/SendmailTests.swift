import Foundation
import Testing

@testable import MTACheck

@Suite struct SendmailTests {
    @Test func `a good configuration`() throws {
        let report = try Stage().sendmail()
        #expect(report.complaints == [])
        #expect(
            report.notes.contains {
                $0.contains("sendmail.cf:8: note: asked for mail by MTA (port 25), MSA (port 587)")
            })
        #expect(
            report.notes.contains {
                $0.contains("sendmail.cf:9: note: signpost: while Signpost is down, mail is delivered")
            })
    }

    @Test func `no filter is asked`() throws {
        let report = try Stage().sendmail(replacing: [
            "O InputMailFilters=signpost, opendkim": "", "Xsignpost": "#",
        ])
        #expect(
            report.has(
                only: .error, in: "sendmail.cf", "no daemon asks Signpost",
                "INPUT_MAIL_FILTER(`signpost', `S=unix:"))
    }

    @Test func `defined, and not asked`() throws {
        let report = try Stage().sendmail(replacing: ["=signpost, opendkim": "=opendkim"])
        #expect(
            report.has(only: .error, in: "sendmail.cf:9", "filter signpost is defined, and no daemon asks it")
        )
    }

    @Test func `a daemon for submission with a list of its own`() throws {
        let report = try Stage().sendmail(replacing: ["M=E": "M=E, InputMailFilters=opendkim"])
        #expect(
            report.has(
                only: .error, in: "sendmail.cf:7", "mail by MSA (port 587) passes Signpost by",
                "InputMailFilters=signpost;opendkim"))
    }

    @Test func `every daemon has a list of its own`() throws {
        let report = try Stage().sendmail(replacing: [
            "M=E": "M=E, InputMailFilters=opendkim", "Name=MTA": "Name=MTA, InputMailFilters=",
        ])
        #expect(report.complaints.count == 3, "\(report.complaints)")
        #expect(
            report.complaints[0].contains(
                "sendmail.cf:8: error: no daemon asks Signpost: it is in InputMailFilters"))
        #expect(report.complaints[1].contains("InputMailFilters=signpost;opendkim"))
    }

    @Test func `another daemon with none`() throws {
        let report = try Stage().sendmail("O DaemonPortOptions=Port=2525, Name=Inside, InputMailFilters=\n")
        #expect(report.has(only: .warning, in: "sendmail.cf:11", "mail by Inside (port 2525) passes"))
    }

    @Test func `a filter that is not defined`() throws {
        let report = try Stage().sendmail(replacing: ["=signpost, opendkim": "=signpost, opendkim, clamav"])
        #expect(
            report.complaints.contains {
                $0.contains("error: InputMailFilters: no filter is called \"clamav\"")
            })
    }

    @Test func `behind the signer`() throws {
        let report = try Stage().sendmail(replacing: ["=signpost, opendkim": "=opendkim,signpost"])
        #expect(
            report.has(
                only: .error, in: "sendmail.cf:8", "after the signer (OpenDKIM",
                "define(`confINPUT_MAIL_FILTERS', `signpost, opendkim')dnl"))
    }

    @Test func `behind what we can't tell`() throws {
        let report = try Stage().sendmail(
            "Xfooter, S=unix:/run/footer\n", replacing: ["=signpost, opendkim": "=footer, signpost, opendkim"]
        )
        #expect(report.has(only: .warning, in: "sendmail.cf:8", "footer", "can't tell whether it signs"))
    }

    @Test func `another address than Signpost's`() throws {
        let report = try Stage().sendmail(replacing: ["milter.sock": "other.sock"])
        #expect(
            report.has(
                only: .error, in: "sendmail.cf:9", "Sendmail looks for Signpost at",
                "INPUT_MAIL_FILTER(`signpost'"))
    }

    @Test(arguments: ["inet:8899@localhost", "inet:8899@127.0.0.1"])
    func `by TCP`(address: String) throws {
        let stage = try Stage()
        let report = try stage.sendmail(
            replacing: ["unix:\(stage.socket)": address], yaml: "listen: inet:8899@127.0.0.1\n")
        #expect(report.complaints == [])
    }

    @Test func `a socket that Sendmail's user may not write to`() throws {
        let stage = try Stage()
        chmod(stage.socket, 0o400)
        #expect(try stage.sendmail().has(only: .error, in: "/milter.sock", "may not write to the socket"))
        #expect(try stage.sendmail(replacing: ["O RunAsUser=": "#"]).complaints == [])
    }

    @Test func `a folder to which others may write`() throws {
        let stage = try Stage()
        chmod(stage.folder + "/queue/signpost", 0o777)
        #expect(
            try stage.sendmail().has(only: .error, in: "/queue/signpost", "refuses the socket", "chmod go-w"))
    }

    @Test func `a folder that is everybody's on purpose`() throws {
        let stage = try Stage()
        chmod(stage.folder + "/queue/signpost", 0o1777)
        let report = try stage.sendmail(replacing: ["TrustStickyBit": "GroupWritableDirPathSafe"])
        #expect(
            report.complaints.contains {
                $0.contains(": error: Sendmail refuses the socket")
                    && $0.contains("listen: unix:/run/signpost/milter.sock") && !$0.contains("chmod")
            })
    }

    @Test func `a folder to which its group may write`() throws {
        let stage = try Stage()
        chmod(stage.folder + "/queue/signpost", 0o770)
        let report = try stage.sendmail(replacing: ["O RunAsUser=": "#", "GroupWritableDirPathSafe,": ""])
        #expect(report.has(only: .error, in: "/queue/signpost", "refuses the socket"))
    }

    @Test(arguments: [
        ("F=T, ", "clients have to try again (F=T)"), ("", "mail is delivered as it came (no F=)"),
    ])
    func `while Signpost is down`(flags: String, says: String) throws {
        let report = try Stage().sendmail(replacing: [", T=C": ", \(flags)T=C"])
        #expect(report.complaints == [])
        #expect(report.notes.contains { $0.contains(says) })
    }

    @Test func `a flag that there is not`() throws {
        let report = try Stage().sendmail(replacing: [", T=C": ", F=tempfail, T=C"])
        #expect(report.has(only: .warning, in: "sendmail.cf:9", "expected F=T", "found F=tempfail"))
    }

    @Test(arguments: ["Q:30s", "R60s"]) func `a time of nothing`(time: String) throws {
        let report = try Stage().sendmail(replacing: ["R:60s": time])
        #expect(report.has(only: .warning, in: "sendmail.cf:9", "found \"\(time)\"", "T=C:30s"))
    }

    @Test func `a file that is not made for Sendmail itself`() throws {
        #expect {
            try Stage().sendmail(replacing: ["V10/Berkeley": "divert(-1)"])
        } throws: { error in
            let error = error as? MTACheckError
            return error?.isMistake == true && error?.description.contains("sendmail.mc") == true
        }
    }

    @Test func `mail is refused for good`() throws {
        let report = try Stage().sendmail(replacing: [", T=C": ", F=R, T=C"])
        #expect(report.has(only: .warning, in: "sendmail.cf:9", "refused for good (F=R)"))
    }

    @Test(arguments: [
        ("C:30s", "C:1s", "to connect"), ("R:60s", "R:5s", "for a reply"), ("S:30s", "S:2s", "for a reply"),
        ("E:5m", "E:10s", "for the end of a message"), ("E:5m", "E:2h", "longer than clients wait"),
    ])
    func `times`(good: String, bad: String, says: String) throws {
        let report = try Stage().sendmail(replacing: [good: bad])
        #expect(report.has(only: .warning, in: "sendmail.cf:9", says, "T=C:30s;S:30s;R:60s;E:5m"))
    }

    @Test func `Sendmail's own times will do`() throws {
        #expect(try Stage().sendmail(replacing: [", T=C:30s;S:30s;R:60s;E:5m": ""]).complaints == [])
    }

    @Test func `local mail without submit.cf, and elsewhere`() throws {
        let none = try Stage().sendmail(submit: nil)
        #expect(none.has(only: .warning, in: "submit.cf", "passes no filter"))
        let elsewhere = try Stage().sendmail(submit: "# x\nD{MTAHost}[192.0.2.1]\n")
        #expect(elsewhere.has(only: .warning, in: "submit.cf:2", "goes to [192.0.2.1]"))
    }

    @Test func `multiparts that Sendmail closes`() throws {
        let report = try Stage().sendmail(replacing: ["MaxMimeHeaderLength=0": "MaxMimeHeaderLength=256/128"])
        #expect(report.complaints == [])
        #expect(
            report.notes.contains { $0.contains("sendmail.cf:5: note: after all filters Sendmail closes") })
    }

    @Test func `which MTA a path belongs to`() throws {
        let stage = try Stage()
        let file = try stage.write("etc/sendmail.cf", "V10/Berkeley\n")
        #expect(try MTA.present(configuration: file) == .sendmail)
        #expect(try MTA.present(configuration: stage.folder + "/etc") == .postfix)
        #expect(throws: MTACheckError.self) { try MTA.present(configuration: stage.folder + "/nothing") }
    }
}

let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
