import CCares
import Configuration
import Glibc

/// Why a resolver gave no answer that says anything about a name.
struct DNSFailure: Error, Equatable {
    /// For the operator.
    var reason: String
    /// The response code, where the resolver answered with one that says nothing about the name. With SERVFAIL (2) it
    /// may know the answer and not trust it.
    var responseCode: UInt8?

    /// Whether it is SERVFAIL.
    var isServerFailure: Bool { responseCode == 2 }
}

/// How long a resolver is waited for.
struct DNSPatience {
    /// The first try's time; each further one has twice the time of the one before.
    var firstTry: Duration = .seconds(2)
    /// How often each resolver is asked.
    var tries = 2
}

/// Asks resolvers through c-ares: many questions at once on the thread that drives it. Truncated answers are asked for
/// again over TCP, and silent resolvers are passed over, by c-ares.
///
/// Answers come from ``process(_:)``, never from within ``ask(_:then:)``.
final class DNSClient {
    typealias Answer = Result<DNSMessage, DNSFailure>

    /// Every answer is passed on to us.
    private let channel: OpaquePointer
    /// Here c-ares goes on to the next resolver where one says SERVFAIL, NOTIMP or REFUSED; nil where there is but one.
    private let nextResolver: OpaquePointer?
    private var identifiers: Set<UInt16> = []
    private var completed: [() -> Void] = []

    /// - Parameter resolvers: empty for the system's own.
    init(resolvers: [Resolver], patience: DNSPatience) throws(DNSFailure) {
        let all = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES
        channel = try DNSClient.open(resolvers, patience, flags: all | ARES_FLAG_NOCHECKRESP)
        var servers: UnsafeMutablePointer<ares_addr_port_node>?
        ares_get_servers_ports(channel, &servers)
        defer { ares_free_data(servers) }
        do {
            nextResolver =
                servers?.pointee.next == nil ? nil : try DNSClient.open(resolvers, patience, flags: all)
        } catch {
            ares_destroy(channel)
            throw error
        }
    }

    deinit {
        ares_destroy(channel)
        if let nextResolver { ares_destroy(nextResolver) }
    }

    private static func open(
        _ resolvers: [Resolver], _ patience: DNSPatience, flags: CInt
    ) throws(DNSFailure) -> OpaquePointer {
        var options = ares_options()
        options.flags = flags
        let (seconds, fraction) = patience.firstTry.components
        options.timeout = CInt(seconds * 1000 + fraction / 1_000_000_000_000_000)
        options.tries = CInt(patience.tries)
        var channel: OpaquePointer?
        var status = ares_init_options(
            &channel, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES)
        guard status == ARES_SUCCESS, let channel else {
            throw DNSFailure(reason: "DNS look-ups cannot begin: " + text(status))
        }
        if resolvers.isEmpty { return channel }
        status = ares_set_servers_ports_csv(
            channel, resolvers.map(\.description).joined(separator: ","))
        guard status == ARES_SUCCESS else {
            ares_destroy(channel)
            throw DNSFailure(reason: "the resolvers cannot be asked: " + text(status))
        }
        return channel
    }

    /// Asks a question; `then` hears the answer.
    func ask(_ query: DNSQuery, then: @escaping (Answer) -> Void) {
        send(query, to: channel) { [self] answer in
            guard let nextResolver, answer.isRefusal else { return then(answer) }
            send(query, to: nextResolver) { other in
                // What all of them said is told by the first.
                if case .success = other { then(other) } else { then(answer) }
            }
        }
    }

    private func send(
        _ query: DNSQuery, to channel: OpaquePointer, then: @escaping (Answer) -> Void
    ) {
        var identifier = UInt16.random(in: .min ... .max)
        while !identifiers.insert(identifier).inserted { identifier &+= 1 }
        let packet = query.packet(id: identifier)
        let waiting = Waiting { [unowned self] answer in
            identifiers.remove(identifier)
            completed.append { then(answer) }
        }
        ares_send(
            channel, packet, CInt(packet.count),
            { argument, status, _, bytes, length in
                guard let argument else { return }
                let waiting = Unmanaged<Waiting>.fromOpaque(argument).takeRetainedValue()
                // ares_destroy says so of what it gives up; there is nobody left to hear it.
                if status == ARES_EDESTRUCTION { return }
                let packet = Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
                waiting.answer(DNSClient.read(status, packet))
            }, Unmanaged.passRetained(waiting).toOpaque())
    }

    private static func read(_ status: CInt, _ packet: [UInt8]) -> Answer {
        guard status == ARES_SUCCESS else {
            return .failure(DNSFailure(reason: text(status)))
        }
        guard let message = DNSMessage(packet) else {
            return .failure(DNSFailure(reason: "the resolver's answer is malformed"))
        }
        if message.isReferral {
            return .failure(
                DNSFailure(reason: "the DNS server names others to ask: it is no resolver for this domain"))
        }
        switch message.responseCode {
        case 0, 3: return .success(message)
        case let code:
            let names: [UInt8: String] = [1: "FORMERR", 2: "SERVFAIL", 4: "NOTIMP", 5: "REFUSED"]
            return .failure(
                DNSFailure(
                    reason: "the resolver says \(names[code] ?? "RCODE \(code)")", responseCode: code))
        }
    }

    private static func text(_ status: CInt) -> String {
        switch status {
        case ARES_ETIMEOUT: "no answer from the resolver in time"
        case ARES_ECONNREFUSED: "the resolver cannot be reached"
        default: String(cString: ares_strerror(status))
        }
    }

    // MARK: Driving

    private var channels: [OpaquePointer] { [channel] + (nextResolver.map { [$0] } ?? []) }

    /// What to wait for.
    var descriptors: [pollfd] {
        channels.flatMap { channel -> [pollfd] in
            var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
            let bits = UInt32(bitPattern: ares_getsock(channel, &sockets, CInt(sockets.count)))
            return sockets.indices.compactMap { index in
                // ARES_GETSOCK_READABLE and …_WRITABLE of ares.h.
                let reads = bits & 1 << UInt32(index) != 0
                let writes = bits & 1 << UInt32(index + Int(ARES_GETSOCK_MAXNUM)) != 0
                guard reads || writes else { return nil }
                return pollfd(
                    fd: sockets[index], events: Int16((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)),
                    revents: 0)
            }
        }
    }

    /// How long to wait at most, in milliseconds.
    func wait(atMost milliseconds: Int) -> Int {
        if !completed.isEmpty { return 0 }
        return channels.reduce(milliseconds) { least, channel in
            var limit = timeval(tv_sec: least / 1000, tv_usec: least % 1000 * 1000)
            var result = timeval()
            guard let time = ares_timeout(channel, &limit, &result)?.pointee else { return least }
            return min(least, time.tv_sec * 1000 + (time.tv_usec + 999) / 1000)
        }
    }

    /// Reads and writes what is ready, and hands out the answers.
    ///
    /// - Parameter ready: of ``descriptors`` and others, as poll left them.
    func process(_ ready: [pollfd]) {
        for channel in channels {
            for socket in ready where socket.revents != 0 {
                let reads = socket.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0
                let writes = socket.revents & Int16(POLLOUT | POLLERR) != 0
                // A socket that is not this channel's is passed over by c-ares.
                ares_process_fd(
                    channel, reads ? socket.fd : ARES_SOCKET_BAD, writes ? socket.fd : ARES_SOCKET_BAD)
            }
            ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
        }
        while !completed.isEmpty {
            let batch = completed
            completed = []
            for call in batch { call() }
        }
    }
}

/// Whom c-ares answers.
private final class Waiting {
    let answer: (DNSClient.Answer) -> Void

    init(_ answer: @escaping (DNSClient.Answer) -> Void) { self.answer = answer }
}

extension Result<DNSMessage, DNSFailure> {
    /// Whether another resolver may know more.
    fileprivate var isRefusal: Bool {
        if case .failure(let failure) = self { failure.responseCode != nil } else { false }
    }
}
