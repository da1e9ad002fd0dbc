import Configuration

/// What we want to know of a resolver's answer.
struct DNSMessage {
    /// A name's alias.
    struct Alias {
        var target: DNSName
        var timeToLive: Int
    }
    /// An address of a name.
    struct Address {
        var owner: DNSName
        var address: IPAddress
        var timeToLive: Int
    }

    /// The response code (RFC 1035 section 4.1.1); 0 is NOERROR, 3 is NXDOMAIN.
    var responseCode: UInt8
    /// The CNAME records of the answer, by their owners. A second one at a name is against RFC 1034 section 3.6.2, and
    /// is not looked at.
    var aliases: [DNSName: Alias] = [:]
    /// The A and AAAA records of the answer.
    var addresses: [Address] = []
    /// For how long a "no" may be kept, in seconds (RFC 2308 section 5).
    var negativeTimeToLive: Int?
    /// Whether the server does not answer but names others to ask (RFC 2308 section 2.1): one that does not resolve
    /// for us.
    var isReferral: Bool

    /// Reads a packet.
    ///
    /// - Returns: nil where it is malformed.
    init?(_ packet: [UInt8]) {
        var reader = PacketReader(packet)
        guard reader.skip(3), let low = reader.octet(), let questions = reader.uint16(),
            let answers = reader.uint16(), let authorities = reader.uint16(), reader.skip(2)
        else { return nil }
        responseCode = low & 0x0F
        isReferral = false
        for _ in 0..<questions {
            guard reader.name() != nil, reader.skip(4) else { return nil }
        }
        for _ in 0..<answers {
            guard let record = reader.record(), add(record, from: packet) else { return nil }
        }
        var hasNameServers = false
        for _ in 0..<authorities {
            guard let record = reader.record() else { return nil }
            if record.type == DNSQuery.RecordType.ns.rawValue { hasNameServers = true }
            if record.type == DNSQuery.RecordType.soa.rawValue {
                guard let minimum = PacketReader(packet).minimum(ofSOA: record.data) else { return nil }
                negativeTimeToLive = min(record.timeToLive, minimum)
            }
        }
        isReferral =
            hasNameServers && negativeTimeToLive == nil && responseCode == 0 && aliases.isEmpty
            && addresses.isEmpty
    }

    private mutating func add(_ record: PacketReader.Record, from packet: [UInt8]) -> Bool {
        switch DNSQuery.RecordType(rawValue: record.type) {
        case .cname:
            var reader = PacketReader(packet, at: record.data.lowerBound)
            guard let target = reader.name(), reader.position == record.data.upperBound else { return false }
            if aliases[record.owner] == nil {
                aliases[record.owner] = Alias(target: target, timeToLive: record.timeToLive)
            }
        case .a, .aaaa:
            let length = record.type == DNSQuery.RecordType.a.rawValue ? 4 : 16
            guard record.data.count == length,
                let address = IPAddress(networkOrder: packet[record.data])
            else { return false }
            addresses.append(
                Address(owner: record.owner, address: address, timeToLive: record.timeToLive))
        default: break
        }
        return true
    }
}

/// Reads a packet's fields; whatever does not fit is nil.
struct PacketReader {
    /// A resource record of class IN; of another class, it has the type 0, which is none.
    struct Record {
        var owner: DNSName
        var type: UInt16
        var timeToLive: Int
        var data: Range<Int>
    }

    private let packet: [UInt8]
    private(set) var position: Int

    init(_ packet: [UInt8], at position: Int = 0) {
        (self.packet, self.position) = (packet, position)
    }

    mutating func skip(_ count: Int) -> Bool {
        guard packet.count - position >= count else { return false }
        position += count
        return true
    }

    mutating func octet() -> UInt8? {
        guard skip(1) else { return nil }
        return packet[position - 1]
    }

    mutating func uint16() -> UInt16? {
        guard let high = octet(), let low = octet() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    mutating func uint32() -> UInt32? {
        guard let high = uint16(), let low = uint16() else { return nil }
        return UInt32(high) << 16 | UInt32(low)
    }

    /// A name, compressed or not (RFC 1035 section 4.1.4). Pointers lead backwards, so that each ends somewhere.
    mutating func name() -> DNSName? {
        var wire: [UInt8] = []
        var cursor = position
        var end: Int?
        while cursor < packet.count {
            let length = packet[cursor]
            switch length {
            case 0:
                position = end ?? cursor + 1
                return DNSName(wire: wire)
            case 1...63:
                let next = cursor + 1 + Int(length)
                guard next <= packet.count else { return nil }
                wire += packet[cursor..<next]
                guard wire.count < 255 else { return nil }
                cursor = next
            case 0xC0...0xFF:
                guard cursor + 1 < packet.count else { return nil }
                let target = Int(length & 0x3F) << 8 | Int(packet[cursor + 1])
                guard target < cursor else { return nil }
                end = end ?? cursor + 2
                cursor = target
            default: return nil
            }
        }
        return nil
    }

    mutating func record() -> Record? {
        guard let owner = name(), let type = uint16(), let recordClass = uint16(), let time = uint32(),
            let length = uint16()
        else { return nil }
        let start = position
        guard skip(Int(length)) else { return nil }
        // A time with its highest bit set counts as 0 (RFC 2181 section 8).
        return Record(
            owner: owner, type: recordClass == 1 ? type : 0,
            timeToLive: time > UInt32(Int32.max) ? 0 : Int(time), data: start..<position)
    }

    /// The last field of an SOA record (RFC 1035 section 3.3.13).
    func minimum(ofSOA data: Range<Int>) -> Int? {
        var reader = PacketReader(packet, at: data.lowerBound)
        guard reader.name() != nil, reader.name() != nil, reader.skip(16), let minimum = reader.uint32(),
            reader.position == data.upperBound
        else { return nil }
        return Int(minimum)
    }
}
