import Configuration
import DomainNames
import Glibc

/// One batch of questions, all on the calling thread: look-ups and handshakes share a poll(2).
final class VerificationRun {
    /// How many hosts are looked up at a time.
    static let lookups = 64
    /// How many handshakes go on at a time.
    static let handshakes = 32

    private let verifier: NetworkVerifier
    private let client: DNSClient
    /// Questions about the same host share its look-up.
    private var questions: [DomainName: [DomainQuestion]] = [:]
    private var hostsToAsk: ArraySlice<DomainName> = []
    private var lookupsUnderWay = 0
    /// The target's own answer, and who waits for it: it is asked for once, and only where somebody needs it.
    private var target: HostAnswer?
    private var waitingForTarget: [(host: DomainName, answer: HostAnswer)] = []
    private var handshakesToDo: [(question: DomainQuestion, finding: DomainFinding)] = []
    private var handshakesUnderWay: [Handshake] = []
    private var results: [(DomainQuestion, DomainFinding)] = []

    init(_ verifier: NetworkVerifier, client: DNSClient) {
        (self.verifier, self.client) = (verifier, client)
    }

    func run(_ batch: [DomainQuestion], found: (DomainQuestion, DomainFinding) -> Void) {
        questions = Dictionary(grouping: batch, by: \.domain.host)
        var seen: Set<DomainName> = []
        hostsToAsk = batch.map(\.domain.host).filter { seen.insert($0).inserted }[...]
        while true {
            startLookups()
            startHandshakes()
            let ready = results
            results = []
            for (question, finding) in ready { found(question, finding) }
            if lookupsUnderWay == 0, hostsToAsk.isEmpty, handshakesUnderWay.isEmpty, handshakesToDo.isEmpty,
                results.isEmpty
            {
                return
            }
            waitAndProcess()
        }
    }

    private func waitAndProcess() {
        var descriptors = handshakesUnderWay.map(\.descriptor) + client.descriptors
        // An hour is for ever: each look-up and handshake has its own deadline, which shortens the wait.
        var time = results.isEmpty ? client.wait(atMost: 3_600_000) : 0
        for handshake in handshakesUnderWay { time = handshake.wait(atMost: time) }
        poll(&descriptors, nfds_t(descriptors.count), CInt(time))
        let number = handshakesUnderWay.count
        for (handshake, descriptor) in zip(handshakesUnderWay, descriptors) {
            handshake.advance(descriptor.revents != 0)
        }
        handshakesUnderWay.removeAll { $0.isOver }
        client.process(Array(descriptors[number...]))
    }

    // MARK: DNS

    private func startLookups() {
        while lookupsUnderWay < VerificationRun.lookups, let host = hostsToAsk.popFirst() {
            lookUp(host) { [self] answer in judge(host, answer) }
        }
    }

    private func lookUp(_ host: DomainName, then: @escaping (HostAnswer) -> Void) {
        lookupsUnderWay += 1
        HostLookup.start(DNSName(host), client: client) { [self] answer in
            lookupsUnderWay -= 1
            then(answer)
        }
    }

    private func judge(_ host: DomainName, _ answer: HostAnswer) {
        if let finding = verifier.judge.finding(of: host, answer, target: target) {
            for question in questions[host] ?? [] { askServer(question, finding) }
            return
        }
        waitingForTarget.append((host, answer))
        if waitingForTarget.count > 1 { return }
        lookUp(verifier.judge.target) { [self] answer in
            target = answer
            let waiting = waitingForTarget
            waitingForTarget = []
            for (host, answer) in waiting { judge(host, answer) }
        }
    }

    // MARK: HTTPS

    private func askServer(_ question: DomainQuestion, _ finding: DomainFinding) {
        let isInOrder = finding.verdict == .verified || finding.verdict == .flattened
        if isInOrder, question.needsHTTPS, verifier.certificates != nil {
            handshakesToDo.append((question, finding))
        } else {
            results.append((question, finding))
        }
    }

    private func startHandshakes() {
        guard let check = verifier.certificates else { return }
        while handshakesUnderWay.count < VerificationRun.handshakes,
            let (question, finding) = handshakesToDo.popLast()
        {
            let handshake = Handshake(
                question.domain.host, port: question.domain.port ?? verifier.settings.httpsPort,
                addresses: finding.addresses, check: check, patience: verifier.patience.https
            ) { [self] outcome in
                results.append((question, verifier.settings.apply(outcome, to: finding)))
            }
            // One without an address is over before it began.
            if !handshake.isOver { handshakesUnderWay.append(handshake) }
        }
    }
}

extension Settings.DomainCheck {
    /// The finding with what the handshake showed, by the policy `https_check`.
    fileprivate func apply(_ outcome: Handshake.Outcome, to finding: DomainFinding) -> DomainFinding {
        var finding = finding
        switch outcome {
        case .certificate(let certificate):
            finding.certificate = certificate
            if let problem = certificate.problem, httpsCheck == .require {
                finding.verdict = .noHTTPS(reason: "the certificate is refused: \(problem)")
            }
        case .failed(let reason):
            if httpsCheck == .require {
                finding.verdict = .noHTTPS(reason: reason)
            } else {
                finding.note = "HTTPS does not work: \(reason)"
            }
        }
        return finding
    }
}
