import Configuration

@testable import TrackingDomains

/// A resolver's packet: malformed, or read into what DNS allows.
enum DNSTarget {
    @Sendable static func run(_ input: inout Input) {
        let packet = input.remainder()
        guard let message = DNSMessage(packet) else { return }
        require(message.responseCode < 16, "response code \(message.responseCode)")
        for (owner, alias) in message.aliases {
            requireName(owner, alias.timeToLive)
            requireName(alias.target, alias.timeToLive)
        }
        for address in message.addresses { requireName(address.owner, address.timeToLive) }
        if let time = message.negativeTimeToLive {
            require((0...Int(UInt32.max)).contains(time), "negative TTL \(time)")
        }
        let hasAnswer = !message.aliases.isEmpty || !message.addresses.isEmpty
        require(!message.isReferral || !hasAnswer, "a referral with an answer")
        // What is behind the counted records does not matter.
        require(
            DNSMessage(packet + [0xC0, 0xFF])?.aliases.count == message.aliases.count, "reads past the end")
    }

    /// Labels of 1 to 63 octets, 254 in all without the root's, and a name that can be asked for and read again.
    private static func requireName(_ name: DNSName, _ timeToLive: Int) {
        require((0...Int(Int32.max)).contains(timeToLive), "TTL \(timeToLive)")
        require(name.wire.count <= 254, "a name of \(name.wire.count) octets")
        var rest = name.wire[...]
        while let length = rest.popFirst() {
            require((1...63).contains(length) && rest.count >= Int(length), "\(name.wire)")
            rest = rest.dropFirst(Int(length))
        }
        var reader = PacketReader(DNSQuery(name: name, type: .a).packet(id: 1), at: 12)
        require(reader.name() == name, "asked for \(name), which reads otherwise")
        require(!name.description.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "the log line \(name)")
    }
}
