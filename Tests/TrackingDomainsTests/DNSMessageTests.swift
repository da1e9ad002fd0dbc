import DomainNames
import Testing

@testable import TrackingDomains

@Suite struct DNSMessageTests {
    private static let question = ScriptedResolver.Question(
        name: "a.example", type: 1, checkingDisabled: false, overTCP: false,
        packet: [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Packet.name("a.example") + [0, 1, 0, 1])
    private static let good = Packet(question).cname("a.example", "B.example", ttl: 9).a(
        "b.example", "192.0.2.1"
    )
    .soa(minimum: 5).bytes

    @Test func `a packet cut short anywhere is malformed`() {
        #expect(DNSMessage(Self.good) != nil)
        for length in 0..<Self.good.count { #expect(DNSMessage(Array(Self.good.prefix(length))) == nil) }
    }

    @Test func `no change of a byte traps or hangs`() {
        var changed = 0
        for index in Self.good.indices {
            for byte in [0x00, 0x01, 0x3F, 0x40, 0x80, 0xC0, 0xFF] as [UInt8] {
                var packet = Self.good
                packet[index] = byte
                if DNSMessage(packet) == nil { changed += 1 }
            }
        }
        #expect(changed > 0)
    }

    @Test func `compressed names are read, and those that lead to themselves are not`() throws {
        // The owner is a pointer to the question, the alias a label and a pointer to "example" in it.
        var packet = Packet(Self.question).bytes
        packet[7] = 1
        let alias: [UInt8] = [1, UInt8(ascii: "B"), 0xC0, 14]
        packet += [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, UInt8(alias.count)] + alias
        let message = try #require(DNSMessage(packet))
        let name = DNSName(try #require(DomainName("a.example")))
        #expect(message.aliases[name]?.target.description == "b.example")
        #expect(message.aliases[name]?.timeToLive == 9)
        for target in [packet.count - 4, packet.count - 2, packet.count + 5] {
            packet[packet.count - 1] = UInt8(target)
            #expect(DNSMessage(packet) == nil)
        }
    }

    @Test func `a time with its highest bit set is none`() throws {
        let packet = Packet(Self.question).a("a.example", "192.0.2.1", ttl: 0x8000_0001)
        #expect(try #require(DNSMessage(packet.bytes)).addresses.map(\.timeToLive) == [0])
    }

    @Test func `another class is none of ours`() throws {
        var packet = Packet(Self.question).a("a.example", "192.0.2.1").bytes
        packet[packet.count - 4 - 2 - 4 - 1] = 3  // CHAOS
        #expect(try #require(DNSMessage(packet)).addresses.isEmpty)
    }

    @Test func `names are written as zone files write them`() {
        #expect(DNSName(wire: [3, 0x41, 0x2E, 0x42, 2, 0x20, 0x5F, 1, 0x7A]).description == "a\\.b.\\032_.z")
        #expect(DNSName(wire: []).description == ".")
    }
}
