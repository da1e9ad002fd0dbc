/// Sizes, durations and file modes as the configuration writes them.
enum Quantity {
    /// Bytes: `1048576`, `64MiB`, `10MB`.
    static func bytes(_ text: String) throws(ValueError) -> Int {
        let expected = "a size such as 64MiB, 10MB or 1048576"
        let units = [
            "": 1, "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
            "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
        ]
        let bytes = try number(text, units: units, expected: expected)
        guard bytes > 0 else { throw ValueError(expected: expected, found: text) }
        return bytes
    }

    /// A duration: `30s`, `15m`, `1h`, `7d`.
    static func duration(_ text: String) throws(ValueError) -> Duration {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        return .seconds(try number(text, units: units, expected: "a duration such as 30s, 15m, 24h or 7d"))
    }

    /// A duration between two events; never at once again.
    static func interval(_ text: String) throws(ValueError) -> Duration {
        let duration = try duration(text)
        guard duration > .zero else {
            throw ValueError(expected: "a duration longer than nothing", found: text)
        }
        return duration
    }

    /// A plain number.
    static func count(_ text: String, in range: ClosedRange<Int>) throws(ValueError) -> Int {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
            range.contains(number)
        else {
            throw ValueError(
                expected: "a number from \(range.lowerBound) to \(range.upperBound)", found: text)
        }
        return number
    }

    private static func number(
        _ text: String, units: [String: Int], expected: String
    ) throws(ValueError) -> Int {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int(digits), let factor = units[String(unit)] else {
            throw ValueError(expected: expected, found: text)
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw ValueError(expected: expected, found: text) }
        return product
    }

    /// A TCP port.
    static func port(_ text: String) throws(ValueError) -> UInt16 {
        // UInt16's own reading would allow a sign.
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            throw ValueError(expected: "a port from 1 to 65535", found: text)
        }
        return port
    }

    /// A socket's mode in octal digits, with or without the leading zero.
    static func socketMode(_ text: String) throws(ValueError) -> UInt16 {
        guard (3...4).contains(text.utf8.count), let mode = UInt16(text, radix: 8), mode <= 0o777,
            text.utf8.allSatisfy({ (0x30...0x37).contains($0) })
        else { throw ValueError(expected: "a mode in octal digits such as 0660", found: text) }
        // Whoever can write to the socket can pose as the MTA and have any mail rewritten.
        guard mode & 0o002 == 0 else {
            throw ValueError(
                "a socket must not be writable for everybody, found \(quoted(text)); "
                    + "write 0660 and give the MTA's group with `socket_group`")
        }
        return mode
    }
}
