import COpenSSL
import Configuration
import DomainNames
import Glibc

/// A TLS handshake with one of a domain's servers, without waiting: ``advance(_:)`` is called when its socket is ready.
final class Handshake {
    /// What a handshake showed: a certificate, or why there is none.
    enum Outcome {
        case certificate(DomainFinding.Certificate)
        case failed(reason: String)
    }

    private let host: DomainName
    private let port: UInt16
    private let check: CertificateCheck
    private let patience: Duration
    private var addresses: ArraySlice<IPAddress>
    private let finish: (Outcome) -> Void

    private var socket: CInt = -1
    private var connection: OpaquePointer?
    private var isConnected = false
    private var deadline: ContinuousClock.Instant
    private var isReading = false
    /// Why the first address did not do: it is the one that most clients would take.
    private var firstFailure: String?
    /// Whether `finish` was told.
    private(set) var isOver = false

    /// - Parameters:
    ///   - addresses: tried one after the other, until one answers.
    ///   - patience: for each of them.
    init(
        _ host: DomainName, port: UInt16, addresses: [IPAddress], check: CertificateCheck, patience: Duration,
        finish: @escaping (Outcome) -> Void
    ) {
        (self.host, self.port, self.check, self.patience) = (host, port, check, patience)
        self.addresses = addresses.prefix(Handshake.maximumAddresses)
        self.finish = finish
        deadline = .now + patience
        connect()
    }

    /// Browsers try more, but who has three dead servers has no service.
    private static let maximumAddresses = 3

    deinit { close() }

    /// What to wait for.
    var descriptor: pollfd { pollfd(fd: socket, events: Int16(isReading ? POLLIN : POLLOUT), revents: 0) }

    /// How long to wait at most, in milliseconds.
    func wait(atMost milliseconds: Int) -> Int {
        let (seconds, fraction) = (deadline - .now).components
        return max(0, min(milliseconds, Int(seconds) * 1000 + Int(fraction / 1_000_000_000_000_000) + 1))
    }

    /// Goes on as far as it can.
    ///
    /// - Parameter isReady: whether the socket is.
    func advance(_ isReady: Bool) {
        if isOver { return }
        if isReady {
            if !isConnected { finishConnecting() }
            if let connection, isConnected { shakeHands(connection) }
        }
        if !isOver, deadline <= .now {
            fail("no answer within \(patience.components.seconds) s")
        }
    }

    private func connect() {
        guard let address = addresses.popFirst() else {
            return end(.failed(reason: firstFailure ?? "there is no address to connect to"))
        }
        current = address
        deadline = .now + patience
        isConnected = false
        isReading = false
        socket = Glibc.socket(
            address.isIPv4 ? AF_INET : AF_INET6,
            CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return fail(lastErrorText()) }
        let status = address.withSocketAddress(port: port) { Glibc.connect(socket, $0, $1) }
        if status != 0, errno != EINPROGRESS { fail(lastErrorText()) }
    }

    private var current: IPAddress?

    private func finishConnecting() {
        var problem: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &problem, &length) == 0, problem == 0 else {
            return fail(String(cString: strerror(problem)))
        }
        connection = check.connection(to: host, over: socket)
        guard connection != nil else { return fail(CertificateCheck.lastError()) }
        isConnected = true
    }

    private func shakeHands(_ connection: OpaquePointer) {
        ERR_clear_error()
        let result = SSL_do_handshake(connection)
        let systemError = errno
        if result == 1 {
            guard let certificate = CertificateCheck.certificate(of: connection) else {
                return fail("the server presents no certificate")
            }
            SSL_shutdown(connection)  // else the server logs that we broke off
            return end(.certificate(certificate))
        }
        switch SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ: isReading = true
        case SSL_ERROR_WANT_WRITE: isReading = false
        case SSL_ERROR_SYSCALL where systemError != 0:
            fail("TLS: " + String(cString: strerror(systemError)))
        case SSL_ERROR_SYSCALL: fail("TLS: the server hangs up")
        default: fail("TLS: " + CertificateCheck.lastError())
        }
    }

    /// This address will not do; perhaps the next.
    private func fail(_ reason: String) {
        if let current {
            let place = current.isIPv4 ? "\(current)" : "[\(current)]"
            firstFailure = firstFailure ?? "\(place) port \(port): \(reason)"
        }
        close()
        connect()
    }

    private func end(_ outcome: Outcome) {
        close()
        isOver = true
        finish(outcome)
    }

    private func close() {
        if let connection { SSL_free(connection) }
        connection = nil
        if socket >= 0 { Glibc.close(socket) }
        socket = -1
    }
}

extension IPAddress {
    /// The address as the socket calls take it.
    fileprivate func withSocketAddress<Result>(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        func call<Address>(_ address: Address) -> Result {
            withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<Address>.size))
                }
            }
        }
        if isIPv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: octets) }
            return call(address)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: octets) }
        return call(address)
    }
}
