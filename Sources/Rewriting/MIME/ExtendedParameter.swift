/// A parameter whose value is divided or encoded (RFC 2231 sections 3 and 4): `boundary*0="a"; boundary*1="b"`,
/// `charset*=us-ascii''utf-8`.
struct ExtendedParameter {
    /// A section's value, and whether its name ended in an asterisk.
    private var sections: [Int: (value: [UInt8], isEncoded: Bool)] = [:]
    private let prefix: [UInt8]

    /// The parameter `name`, of which no section was seen yet.
    init(_ name: UnsafeBufferPointer<UInt8>) {
        prefix = Array(name) + [UInt8(ascii: "*")]
    }

    /// Takes one of a field's parameters, if it is a section of this one. Of two with the same number the first
    /// counts.
    mutating func take(_ name: [UInt8], _ value: [UInt8]) {
        guard name.starts(with: prefix) else { return }
        var number = name[prefix.count...]
        // `name*` alone is encoded and the only section.
        let isEncoded = number.isEmpty || number.last == UInt8(ascii: "*")
        if number.last == UInt8(ascii: "*") { number.removeLast() }
        if let number = ExtendedParameter.number(number), sections[number] == nil {
            sections[number] = (value, isEncoded)
        }
    }

    /// The value; nil where there is no first section. What follows a section that is missing is not part of it.
    var value: [UInt8]? {
        guard let first = sections[0] else { return nil }
        var value = first.isEncoded ? ExtendedParameter.withoutCharset(first.value) : first.value
        var number = 1
        while let section = sections[number] {
            value += section.isEncoded ? HostParser.percentDecoded(section.value) : section.value
            number += 1
        }
        return value
    }

    /// A section's number: digits without leading zeros, nothing for the only one.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count < 8, digits.allSatisfy(ASCII.isDigit) else { return nil }
        if digits.count > 1, digits.first == UInt8(ascii: "0") { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// What follows `charset'language'`, decoded.
    private static func withoutCharset(_ value: [UInt8]) -> [UInt8] {
        let quote = UInt8(ascii: "'")
        guard let first = value.firstIndex(of: quote),
            let second = value[(first + 1)...].firstIndex(of: quote)
        else { return HostParser.percentDecoded(value) }
        return HostParser.percentDecoded(Array(value[(second + 1)...]))
    }
}
