import CMilter
import Filtering
import MilterTestServer
import Synchronization
import Testing

@testable import MilterService

extension MilterServiceTests {
    @Suite struct Dialogue {
        @Test func `exactly what is needed is negotiated`() throws {
            let client = try TestService.client()
            #expect(
                client.actions == UInt32(SMFIF_CHGBODY | SMFIF_CHGHDRS | SMFIF_ADDHDRS | SMFIF_SETSYMLIST))
            #expect(
                client.steps
                    == UInt32(
                        SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NODATA | SMFIP_NOUNKNOWN | SMFIP_HDR_LEADSPC
                            | SMFIP_NR_CONN | SMFIP_NR_HDR | SMFIP_NR_BODY))
            #expect(client.macroLists[UInt32(SMFIM_EOH)] == "i")
            #expect(
                client.macroLists[UInt32(SMFIM_ENVRCPT)] == " " && client.macroLists[UInt32(SMFIM_EOM)] == " "
            )
            #expect(client.macroLists[UInt32(SMFIM_ENVFROM)]?.contains("{auth_authen}") == true)
        }

        @Test func `the envelope reaches the filter, on a thread of libmilter's`() throws {
            let client = try TestService.client()
            try client.macros("C", ["{daemon_name}": "ORIGINATING", "{client_addr}": "198.51.100.1"])
            try client.macros("M", ["{auth_authen}": "acme"])
            let sender = "<envelope@acme.example>"
            #expect(try client.mail(sender) == "c")
            try client.macros("N", ["i": "4c1B2x3"])
            try client.header("Subject", " hi\n\tthere")
            #expect(try client.endOfHeaders() == "c")
            try client.body(Array("hi\r\n".utf8))
            #expect(try client.endOfMessage() == [Packet(kind: "c")])
            #expect(
                TestService.heard(sender) == [
                    "begin id=- login=acme client=192.0.2.7 daemon=ORIGINATING",
                    "header Subject: hi\n\tthere",
                    "eoh id=4c1B2x3", "body", "eom id=4c1B2x3 size=4",
                ])
        }

        @Test(arguments: [
            ("6", "2001:db8::7", "2001:db8::7"), ("L", "/run/x", "203.0.113.9"), ("U", "", "203.0.113.9"),
        ])
        func `the client comes from CONNECT, else from its macro`(
            family: Character, address: String, expected: String
        )
            throws
        {
            let client = try MilterClient(unix: TestService.path)
            try client.negotiate()
            try client.macros("C", ["{client_addr}": "203.0.113.9"])
            try client.connect(family: family, address: address)
            let sender = "<client@\(family).example>"
            _ = try client.message(from: sender)
            #expect(TestService.heard(sender).first?.contains("client=\(expected) ") == true)
        }

        @Test func `a local client has no address`() throws {
            let client = try MilterClient(unix: TestService.path)
            try client.negotiate()
            try client.connect(family: "U")
            _ = try client.message(from: "<client@local.example>")
            #expect(TestService.heard("<client@local.example>").first?.contains("client=- ") == true)
        }

        @Test(
            arguments: [
                ("accept-at-mail", "a"), ("tempfail-at-mail", "t"), ("accept-at-eoh", "a"),
                ("tempfail-at-eoh", "t"),
                ("accept-at-body", "c"), ("tempfail-at-body", "t"), ("tempfail-at-eom", "t"),
                ("nothing", "c"),
            ] as [(String, Character)])
        func `a decision is the reply to its step, or to the end of the message`(
            script: String, reply: Character
        )
            throws
        {
            let client = try TestService.client()
            #expect(try client.message(from: "<\(script)@one.example>").map(\.kind) == [reply])
            #expect(try client.message(from: "<uppercase@\(script).example>").map(\.kind) == ["b", "c"])
            #expect(MilterServer.liveMessages == 0)
        }

        @Test func `after its decision the filter is not asked about the rest of the body`() throws {
            let client = try TestService.client()
            let sender = "<accept-at-body@chunks.example>"
            _ = try client.message(from: sender, body: Array("a\r\nb\r\n".utf8), chunk: 1)
            #expect(TestService.heard(sender).suffix(1) == ["body"])
        }

        @Test func `header changes go first, then one new body`() throws {
            let client = try TestService.client()
            let packets = try client.message(
                from: "<all@order.example>", headers: ["List-Help": " <a>", "List-Help": " <b>"],
                body: Array(repeating: 0x78, count: 100_000))
            #expect(packets.map(\.kind) == ["m", "m", "h", "b", "b", "c"])
            #expect(packets[0].data == [0, 0, 0, 2] + cString("List-Help") + cString(" <https://b/>"))
            #expect(packets[1].data == [0, 0, 0, 1] + cString("List-Unsubscribe") + cString(" <a>,\n\t<b>"))
            #expect(packets[2].data == cString("X-Signpost") + cString(" moved 2"))
            #expect(packets[3...4].map(\.data.count) == [65535, 100_000 - 65535])
        }

        @Test func `without LEADSPC one space is given to the filter and taken from its changes`() throws {
            let client = try MilterClient(unix: TestService.path)
            try client.negotiate(steps: MilterClient.allSteps & ~UInt32(SMFIP_HDR_LEADSPC))
            try client.connect()
            let sender = "<all@leadspc.example>"
            let packets = try client.message(from: sender, headers: ["List-Help": "<a>", "Empty": ""])
            #expect(TestService.heard(sender).contains("header List-Help: <a>"))
            #expect(TestService.heard(sender).contains("header Empty: "))
            #expect(packets[0].data.suffix(13) == cString("<https://b/>")[...])
            #expect(packets[1].data.suffix(10) == cString("<a>,\n\t<b>")[...])
        }

        @Test func `an MTA that wants replies gets them`() throws {
            let client = try MilterClient(unix: TestService.path)
            try client.negotiate(steps: UInt32(SMFI_V2_PROT & ~SMFIP_NR_HDR))
            #expect(client.steps & UInt32(SMFIP_NR_HDR | SMFIP_NR_BODY | SMFIP_NR_CONN) == 0)
            try client.connect()
            let body = Array("abc\r\n".utf8)
            #expect(
                try client.message(from: "<uppercase@replies.example>", body: body, chunk: 2).map(\.kind) == [
                    "b", "c",
                ])
            #expect(client.isSilent())
        }

        @Test func `nothing else is said where no reply was promised`() throws {
            let client = try TestService.client()
            #expect(try client.mail("<silent@x.example>") == "c")
            for _ in 0..<20 { try client.header("X", " y") }
            #expect(client.isSilent())
        }

        @Test func `an MTA without adding headers gets no trace header`() throws {
            let client = try MilterClient(unix: TestService.path)
            try client.negotiate(actions: MilterClient.allActions & ~UInt32(SMFIF_ADDHDRS))
            try client.connect()
            #expect(try client.message(from: "<all@noadd.example>").map(\.kind) == ["m", "m", "b", "c"])
        }

        @Test func `an MTA without body replacement is refused, and the log says why`() throws {
            let client = try MilterClient(unix: TestService.path)
            #expect(throws: ClientError.self) {
                try client.negotiate(actions: MilterClient.allActions & ~UInt32(SMFIF_CHGBODY))
            }
            #expect(TestService.log.withLock { $0.contains { $0.contains("SMFIF_CHGBODY") } })
        }

        @Test func `an outdated MTA without macro lists is served`() throws {
            let client = try MilterClient(unix: TestService.path)
            try client.negotiate(actions: UInt32(SMFI_V2_ACTS), steps: UInt32(SMFI_V2_PROT))
            #expect(client.macroLists.isEmpty)
            try client.connect()
            #expect(try client.message(from: "<uppercase@old.example>").map(\.kind) == ["b", "c"])
        }

        @Test func `a change that can't be sent leaves the message as it came`() throws {
            let client = try TestService.client()
            #expect(try client.message(from: "<bad-header@x.example>") == [Packet(kind: "c")])
            #expect(TestService.log.withLock { $0.contains { $0.hasSuffix("delivered as it came") } })
        }

        @Test func `a body can become empty`() throws {
            let client = try TestService.client()
            #expect(try client.message(from: "<empty@x.example>") == [Packet(kind: "b"), Packet(kind: "c")])
        }

        @Test func `twenty megabytes come and go`() throws {
            let client = try TestService.client()
            let body = (0..<20 << 20).map { UInt8(truncatingIfNeeded: $0 % 64 + 0x20) }
            let packets = try client.message(from: "<all@large.example>", body: body)
            #expect(packets.filter { $0.kind == "b" }.flatMap(\.data) == body)
        }

        @Test func `a body in pieces of one byte is the same body`() throws {
            let client = try TestService.client()
            let body = Array(String(repeating: "line of text\r\n", count: 300).utf8)
            let packets = try client.message(from: "<uppercase@bytes.example>", body: body, chunk: 1)
            #expect(packets.first?.data == Array(String(repeating: "LINE OF TEXT\r\n", count: 300).utf8))
        }
    }
}
