import CMilter
import Filtering
import Testing

@testable import MilterService

@Suite struct LogTests {
    @Test(arguments: [
        ("4c1B2x3: sender=acme", "4c1B2x3: sender=acme"), ("a\nb\r\u{7F}", "a\\x0Ab\\x0D\\x7F"),
        ("x\u{85}y\u{2028}z\u{0}", "x\\x85y\\u{2028}z\\x00"),
        ("m\u{FC}ller\u{1F600}", "m\u{FC}ller\u{1F600}"),
    ])
    func `a log line is one line of visible characters`(line: String, visible: String) {
        #expect(visibleLogLine(line) == visible)
    }

    @Test func `levels are called as in the configuration, and have syslog's numbers`() {
        #expect(LogLevel(name: "warning") == .warning && LogLevel.warning.rawValue == 4)
        #expect(LogLevel(name: "Warning") == nil)
        #expect(LogLevel.allCases.map(\.name) == ["error", "warning", "info", "debug"])
        #expect(LogLevel.error < .debug)
    }
}

extension Agreement {
    /// What is wanted at a unix socket.
    fileprivate static func usual(mayAddHeaders: Bool) -> Agreement {
        .wanted(mayAddHeaders: mayAddHeaders, overTCP: false)
    }
}

@Suite struct NegotiationTests {
    @Test func `RCPT and DATA are asked for over TCP alone`() {
        let steps = UInt(SMFIP_NORCPT | SMFIP_NODATA)
        #expect(Agreement.wanted(mayAddHeaders: false, overTCP: false).protocolSteps & steps == steps)
        #expect(Agreement.wanted(mayAddHeaders: false, overTCP: true).protocolSteps & steps == 0)
    }

    @Test func `pieces of the body are answered over TCP alone`() {
        #expect(Agreement.wanted(mayAddHeaders: false, overTCP: false).answersNoBody)
        #expect(!Agreement.wanted(mayAddHeaders: false, overTCP: true).answersNoBody)
    }

    private func negotiate(actions: Int = SMFI_CURR_ACTS, steps: Int = SMFI_CURR_PROT, adds: Bool = true)
        -> Negotiation
    {
        Negotiation(
            offeredActions: UInt(actions), protocolSteps: UInt(steps), wanted: .usual(mayAddHeaders: adds))
    }

    @Test func `adding headers is asked for only with a trace header`() {
        #expect(negotiate() == .agreed(.usual(mayAddHeaders: true), missing: []))
        #expect(negotiate(adds: false) == .agreed(.usual(mayAddHeaders: false), missing: []))
        #expect(!Agreement.usual(mayAddHeaders: false).mayAddHeaders)
    }

    @Test(arguments: [SMFIF_ADDHDRS, SMFIF_SETSYMLIST]) func `what can be missed is missed aloud`(flag: Int) {
        guard case .agreed(let agreement, let missing) = negotiate(actions: SMFI_CURR_ACTS & ~flag) else {
            Issue.record("refused")
            return
        }
        #expect(agreement.actions & UInt(flag) == 0 && missing.count == 1)
    }

    @Test(arguments: [SMFIF_CHGBODY, SMFIF_CHGHDRS]) func `what can't be missed is refused`(flag: Int) {
        guard case .refused = negotiate(actions: SMFI_CURR_ACTS & ~flag) else {
            Issue.record("agreed")
            return
        }
    }
}

@Suite struct EditTests {
    /// Takes so many changes, then fails.
    private final class Editor: MessageEditor {
        var patience: Int
        var taken: [String] = []
        init(patience: Int) { self.patience = patience }

        private func take(_ what: String) -> Bool {
            guard patience > 0 else { return false }
            patience -= 1
            taken.append(what)
            return true
        }
        func changeHeader(_ name: [UInt8], occurrence: Int32, to value: [UInt8]?) -> Bool {
            take((value == nil ? "remove " : "change ") + "\(occurrence)")
        }
        func addHeader(_ name: [UInt8], _ value: [UInt8]) -> Bool { take("add") }
        func replaceBody(_ piece: UnsafeRawBufferPointer) -> Bool { take("body") }
    }

    private let changes = [
        HeaderChange(name: Array("List-Help".utf8), occurrence: 1, value: Array(" <a>".utf8)),
        HeaderChange(name: Array("X-Signpost".utf8), occurrence: nil, value: Array(" b".utf8)),
    ]

    @Test(arguments: 0...3)
    func `a failure before the first change leaves the message, a later one breaks it`(
        patience: Int
    ) {
        let editor = Editor(patience: patience)
        let result = send(changes, body: NewBody([1]), to: editor, under: .usual(mayAddHeaders: true))
        #expect(editor.taken == Array(["change 1", "add", "body"].prefix(patience)))
        switch result {
        case .untouched: #expect(patience == 0)
        case .broken: #expect(patience == 1 || patience == 2)
        case .complete: #expect(patience == 3)
        }
    }

    @Test func `a value of nil removes the field`() {
        let editor = Editor(patience: 9)
        let removal = HeaderChange(name: [0x41], occurrence: 2, value: nil)
        #expect(send([removal], body: nil, to: editor, under: .usual(mayAddHeaders: false)) == .complete)
        #expect(editor.taken == ["remove 2"])
    }

    @Test(arguments: [
        HeaderChange(name: [], occurrence: 1, value: [0x20]),
        HeaderChange(name: [0x41], occurrence: nil, value: nil),
        HeaderChange(name: [0x41], occurrence: 1, value: [0x20, 0]),
        HeaderChange(name: [0x41], occurrence: 0, value: [0x20]),
        HeaderChange(name: [0x41], occurrence: 1, value: []),
        HeaderChange(name: [0x41], occurrence: 1, value: Array(repeating: 0x20, count: 65535)),
    ])
    func `what can't be sent is found before anything is sent`(change: HeaderChange) {
        let editor = Editor(patience: 9)
        let result = send(changes + [change], body: nil, to: editor, under: .usual(mayAddHeaders: true))
        #expect(editor.taken.isEmpty)
        guard case .untouched = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("IPv6:2001:DB8::1", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"),
        ("0", nil),
        ("unknown", nil), ("", nil),
    ])
    func `an address is read from its macro as Postfix and Sendmail write it`(macro: String, address: String?)
    {
        #expect(clientAddress(macro: macro) == address)
    }
}
