import CMilter
import Glibc

/// A packet of the milter protocol: length, command or reply, data.
struct Packet: Equatable, CustomStringConvertible {
    var kind: Character
    var data: [UInt8] = []

    var description: String { "\(kind)[\(data.count)]\(String(decoding: data.prefix(60), as: UTF8.self))" }
}

struct ClientError: Error, CustomStringConvertible {
    var description: String
}

/// The MTA's side of the milter protocol, one step at a time, as Postfix and Sendmail speak it.
final class MilterClient {
    static let allActions = UInt32(SMFI_CURR_ACTS)
    static let allSteps = UInt32(SMFI_CURR_PROT)

    private let descriptor: Int32
    /// What was agreed on, after ``negotiate(actions:steps:)``.
    private(set) var actions: UInt32 = 0
    private(set) var steps: UInt32 = 0
    /// The macro lists that the filter asked for, by stage.
    private(set) var macroLists: [UInt32: String] = [:]

    init(unix path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        descriptor = try withUnsafeBytes(of: address) { try Self.connected(AF_UNIX, $0) }
    }

    init(port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        descriptor = try withUnsafeBytes(of: address) { try Self.connected(AF_INET, $0) }
    }

    private static func connected(_ family: Int32, _ address: UnsafeRawBufferPointer) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard let base = address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
            Glibc.connect(descriptor, base, socklen_t(address.count)) == 0
        else {
            let problem = errno
            Glibc.close(descriptor)
            throw ClientError(description: "connect: \(String(cString: strerror(problem)))")
        }
        return descriptor
    }

    deinit { Glibc.close(descriptor) }

    // MARK: Packets

    func send(_ kind: Character, _ data: [UInt8] = []) throws {
        let packet = big(UInt32(data.count + 1)) + Array(kind.utf8) + data
        var sent = 0
        while sent < packet.count {
            let count = packet.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                throw ClientError(description: "send \(kind): \(String(cString: strerror(errno)))")
            }
            sent += count
        }
    }

    func receive() throws -> Packet {
        let length = try read(4).reduce(0) { $0 << 8 | Int($1) }
        guard length > 0 else { throw ClientError(description: "an empty packet") }
        let content = try read(length)
        return Packet(kind: Character(Unicode.Scalar(content[0])), data: Array(content.dropFirst()))
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let part = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress?.advanced(by: got), count - got, 0)
            }
            guard part > 0 else {
                throw ClientError(
                    description: part == 0 ? "closed" : "recv: \(String(cString: strerror(errno)))")
            }
            got += part
        }
        return bytes
    }

    /// Whether the filter says nothing for a while.
    func isSilent(milliseconds: Int32 = 50) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) == 0
    }

    // MARK: Steps

    func negotiate(actions: UInt32 = allActions, steps: UInt32 = allSteps) throws {
        try send("O", big(UInt32(SMFI_PROT_VERSION)) + big(actions) + big(steps))
        let answer = try receive()
        guard answer.kind == "O", answer.data.count >= 12 else { throw ClientError(description: "\(answer)") }
        self.actions = number(answer.data[4..<8])
        self.steps = number(answer.data[8..<12])
        var rest = answer.data[12...]
        while rest.count > 4 {
            let names = rest.dropFirst(4).prefix { $0 != 0 }
            macroLists[number(rest.prefix(4))] = String(decoding: names, as: UTF8.self)
            rest = rest.dropFirst(4 + names.count + 1)
        }
    }

    func macros(_ stage: Character, _ values: KeyValuePairs<String, String>) throws {
        try send("D", Array(stage.utf8) + values.flatMap { cString($0.key) + cString($0.value) })
    }

    func connect(family: Character = "4", address: String = "192.0.2.7") throws {
        let place = family == "U" ? [] : [0x12, 0x34] + cString(address)
        try send("C", cString("client.example") + Array(family.utf8) + place)
        try expectContinue(unless: SMFIP_NR_CONN)
    }

    /// The reply to MAIL; where that is to go on, RCPT and DATA follow unless the filter is spared them.
    func mail(_ sender: String) throws -> Character {
        try send("M", cString(sender))
        let reply = try receive().kind
        guard reply == "c" else { return reply }
        if steps & UInt32(SMFIP_NORCPT) == 0 {
            try send("R", cString("<reader@inbox.example>"))
            try expectContinue(unless: SMFIP_NR_RCPT)
        }
        if steps & UInt32(SMFIP_NODATA) == 0 {
            try send("T")
            try expectContinue(unless: SMFIP_NR_DATA)
        }
        return reply
    }

    func header(_ name: String, _ value: String) throws {
        try send("L", cString(name) + cString(value))
        try expectContinue(unless: SMFIP_NR_HDR)
    }

    /// The reply to the end of the header.
    func endOfHeaders() throws -> Character {
        try send("N")
        return try receive().kind
    }

    func body(_ piece: [UInt8]) throws {
        try send("B", piece)
        try expectContinue(unless: SMFIP_NR_BODY)
    }

    /// All that the filter says to the end of the message, the verdict last.
    func endOfMessage() throws -> [Packet] {
        try send("E")
        var packets: [Packet] = []
        while true {
            let packet = try receive()
            packets.append(packet)
            if "acdrty".contains(packet.kind) { return packets }
        }
    }

    /// A whole message; the verdict last. Stops where the filter stops it.
    func message(
        from sender: String, headers: KeyValuePairs<String, String> = ["Subject": " hello"],
        body: [UInt8] = Array("hello\r\n".utf8), chunk: Int = 65535
    ) throws -> [Packet] {
        let answer = try mail(sender)
        guard answer == "c" else { return [Packet(kind: answer)] }
        for (name, value) in headers { try header(name, value) }
        let end = try endOfHeaders()
        guard end == "c" else { return [Packet(kind: end)] }
        for start in stride(from: 0, to: body.count, by: chunk) {
            try self.body(Array(body[start..<min(start + chunk, body.count)]))
        }
        return try endOfMessage()
    }

    private func expectContinue(unless noReply: Int) throws {
        if steps & UInt32(noReply) != 0 { return }
        let answer = try receive()
        guard answer == Packet(kind: "c") else {
            throw ClientError(description: "expected continue, got \(answer)")
        }
    }
}

func cString(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

private func big(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

private func number(_ bytes: some Sequence<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
