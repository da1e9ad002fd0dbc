import CCares
import Configuration
import Glibc

/// Asks the operator's resolvers, and the domains' HTTPS servers: the verifier outside of tests.
public struct NetworkVerifier: DomainVerifier {
    let settings: Settings.DomainCheck
    let judge: Judge
    let certificates: CertificateCheck?
    var patience = Patience()

    /// How long others are waited for.
    struct Patience {
        var dns = DNSPatience()
        /// For each address that is tried.
        var https: Duration = .seconds(5)
    }

    /// A verifier by these settings.
    ///
    /// - Throws: where `https_ca` cannot be read.
    public init(_ settings: Settings) throws(ConfigurationError) {
        self.settings = settings.domainCheck
        judge = Judge(target: settings.cnameTarget, flattened: settings.domainCheck.flattened)
        certificates =
            settings.domainCheck.httpsCheck == .off
            ? nil : try CertificateCheck(authorities: settings.domainCheck.httpsCA)
    }

    /// Answers the questions, all on the calling thread: 64 look-ups and 32 handshakes at a time.
    public func verify(_ questions: [DomainQuestion], found: (DomainQuestion, DomainFinding) -> Void) {
        if questions.isEmpty { return }
        do throws(DNSFailure) {
            let client = try DNSClient(resolvers: settings.resolvers, patience: patience.dns)
            withoutBrokenPipes {
                VerificationRun(self, client: client).run(questions, found: found)
            }
        } catch {
            for question in questions { found(question, DomainFinding(.unreachable(reason: error.reason))) }
        }
    }
}

/// OpenSSL writes to sockets that the other side may have closed. Whether SIGPIPE then ends the process is not for
/// a library to decide, so it is held back from this thread, and taken away where it was ours.
private func withoutBrokenPipes(_ body: () -> Void) {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGPIPE) == 1
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    body()
    if !wasPending {
        var now = timespec()
        while sigtimedwait(&pipe, nil, &now) == -1, errno == EINTR {}
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
}
