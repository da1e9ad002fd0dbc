/// The line length rule for header fields (RFC 5322 section 2.1.1).
enum HeaderLines {
    static let maximumLength = 998

    /// Whether a line of the field is past the maximum that was not before.
    static func grewTooLong(from field: HeaderField, to value: [UInt8]) -> Bool {
        longestLine(field.name, value) > max(maximumLength, longestLine(field.name, field.value))
    }

    private static func longestLine(_ name: [UInt8], _ value: [UInt8]) -> Int {
        var longest = 0
        var current = name.count + 1
        for byte in value {
            if byte == 0x0A {
                longest = max(longest, current)
                current = 0
            } else if byte != 0x0D {
                current += 1
            }
        }
        return max(longest, current)
    }
}
