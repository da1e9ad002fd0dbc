import Configuration
import Foundation
import Synchronization

/// A DNS server on loopback that says what a test tells it to, byte for byte, over UDP and TCP on one port.
final class ScriptedResolver: Sendable {
    /// What is done with a question.
    enum Reply {
        /// The packet; nil is silence.
        case packet([UInt8]?)
        /// The packet over TCP; over UDP, a truncated one.
        case truncated([UInt8])
    }

    let port: UInt16
    private let udp: CInt
    private let tcp: CInt
    private let script: @Sendable (Question) -> Reply
    private let asked = Mutex<[Question]>([])
    private let serving = Mutex(true)

    /// Whether the port is taken.
    var isServing: Bool { serving.withLock { $0 } }

    struct Question: Sendable, Hashable {
        var name: String
        var type: UInt16
        var checkingDisabled: Bool
        var overTCP: Bool
        /// The packet as it came.
        var packet: [UInt8]
    }

    /// The questions so far.
    var questions: [Question] { asked.withLock { $0 } }

    var resolver: Resolver { get throws { try Resolver(parsing: "127.0.0.1:\(port)") } }

    init(_ script: @escaping @Sendable (Question) -> Reply) throws {
        self.script = script
        var port: UInt16 = 0
        (tcp, port) = try ScriptedResolver.bound(SOCK_STREAM, 0)
        (udp, self.port) = try ScriptedResolver.bound(SOCK_DGRAM, port)
        listen(tcp, 16)
        Thread.detachNewThread { [self] in serve() }
    }

    /// Ends the thread: its poll sees the sockets shut down.
    func stop() {
        shutdown(tcp, CInt(SHUT_RDWR))
    }

    private static func bound(_ type: __socket_type, _ port: UInt16) throws -> (CInt, UInt16) {
        let descriptor = socket(AF_INET, CInt(type.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard status == 0 else { throw POSIXError(.EADDRINUSE) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private func serve() {
        var connections: [CInt] = []
        while true {
            var ready = ([udp, tcp] + connections).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&ready, nfds_t(ready.count), 60_000)
            if ready[1].revents & Int16(POLLHUP) != 0 { break }
            if ready[0].revents != 0 { answerDatagram() }
            if ready[1].revents != 0 { connections.append(accept(tcp, nil, nil)) }
            for connection in ready[2...] where connection.revents != 0 {
                if !answerStream(connection.fd) {
                    close(connection.fd)
                    connections.removeAll { $0 == connection.fd }
                }
            }
        }
        for descriptor in connections + [udp, tcp] { close(descriptor) }
        serving.withLock { $0 = false }
    }

    private func answerDatagram() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var client = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &client) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { client in
                let count = recvfrom(udp, &buffer, buffer.count, 0, client, &length)
                guard count > 0, let question = question(Array(buffer.prefix(count))) else { return }
                let packet: [UInt8]? =
                    switch script(question) {
                    case .packet(let packet): packet
                    case .truncated: Packet(question, flags: 0x8780).bytes
                    }
                if let packet { sendto(udp, packet, packet.count, 0, client, length) }
            }
        }
    }

    private func answerStream(_ connection: CInt) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(connection, &buffer, buffer.count)
        if count <= 0 { return false }
        // c-ares writes whole questions; several may come at once.
        var rest = buffer[..<count]
        while rest.count > 2 {
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            guard let question = question(Array(rest.dropFirst(2).prefix(length)), overTCP: true) else {
                return false
            }
            rest = rest.dropFirst(2 + length)
            let packet: [UInt8]? =
                switch script(question) {
                case .packet(let packet): packet
                case .truncated(let packet): packet
                }
            guard let packet else { continue }
            let framed = [UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)] + packet
            guard write(connection, framed, framed.count) == framed.count else { return false }
        }
        return true
    }

    private func question(_ packet: [UInt8], overTCP: Bool = false) -> Question? {
        var labels: [String] = []
        var at = 12
        while at < packet.count, packet[at] > 0 {
            labels.append(String(decoding: packet[(at + 1)..<(at + 1 + Int(packet[at]))], as: UTF8.self))
            at += 1 + Int(packet[at])
        }
        guard at + 4 < packet.count else { return nil }
        let question = Question(
            name: labels.joined(separator: "."), type: UInt16(packet[at + 1]) << 8 | UInt16(packet[at + 2]),
            checkingDisabled: packet[3] & 0x10 != 0, overTCP: overTCP, packet: packet)
        asked.withLock { $0.append(question) }
        return question
    }
}

/// An answer in the making.
struct Packet {
    var bytes: [UInt8]

    /// With the question's id and section. 0x8180 is NOERROR of a resolver.
    init(_ question: ScriptedResolver.Question, flags: UInt16 = 0x8180) {
        bytes = Array(question.packet.prefix(2)) + [UInt8(flags >> 8), UInt8(flags & 0xFF)]
        bytes += [0, 1, 0, 0, 0, 0, 0, 0] + question.packet[12...]
    }

    /// Adds a record to the answer, or to the authority section (`at: 9`).
    func adding(_ owner: String, _ type: UInt16, _ data: [UInt8], ttl: UInt32 = 300, at count: Int = 7)
        -> Packet
    {
        var packet = self
        packet.bytes[count] += 1
        packet.bytes += Packet.name(owner) + [UInt8(type >> 8), UInt8(type & 0xFF), 0, 1]
        packet.bytes += (0..<4).map { UInt8(truncatingIfNeeded: ttl >> (24 - 8 * $0)) }
        packet.bytes += [UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
        return packet
    }

    func cname(_ owner: String, _ target: String, ttl: UInt32 = 300) -> Packet {
        adding(owner, 5, Packet.name(target), ttl: ttl)
    }

    func a(_ owner: String, _ address: String, ttl: UInt32 = 300) -> Packet {
        adding(owner, 1, address.split(separator: ".").compactMap { UInt8($0) }, ttl: ttl)
    }

    func soa(minimum: UInt8) -> Packet {
        adding("example", 6, [0, 0] + [UInt8](repeating: 0, count: 19) + [minimum], ttl: 900, at: 9)
    }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}
