import CIDN2

/// Internationalised domain names after UTS 46, non-transitional, as the WHATWG
/// URL Standard asks for ("domain to ASCII", <https://url.spec.whatwg.org/#idna>).
public enum IDNA {
    /// The A-label form of a domain name, in lower case.
    ///
    /// - Parameter utf8: the name in UTF-8, without percent-encoding. A trailing dot is kept.
    /// - Returns: the ASCII form, or nil where the name is not a valid domain name.
    public static func toASCII(_ utf8: [UInt8]) -> [UInt8]? {
        if utf8.isEmpty || utf8.contains(0) { return nil }
        let name = withSharpS(utf8)
        return lookup(name) ?? labelByLabel(name)
    }

    /// libidn2 asks of the whole name what the URL Standard does not: labels that are not empty, without
    /// hyphens at their ends, of 63 octets at most, 253 in all. Where the labels that are not ASCII bear
    /// its judgement one by one, the name is good.
    private static func labelByLabel(_ name: [UInt8]) -> [UInt8]? {
        var ascii: [UInt8] = []
        var rest = name[...]
        while true {
            let dot = rest.indices.first { dotLength(rest[$0...]) > 0 } ?? rest.endIndex
            let label = Array(rest[..<dot])
            if label.allSatisfy({ $0 < 0x80 }), !hasPrefix(label, "xn--") {
                ascii += label.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
            } else {
                guard let label = lookup(label) else { return nil }
                ascii += label
            }
            if dot == rest.endIndex { return ascii }
            ascii.append(UInt8(ascii: "."))
            rest = rest[(dot + dotLength(rest[dot...]))...]
        }
    }

    /// How long the dot at the start is, 0 where there is none: U+002E, and what UTS 46 maps to it
    /// (U+3002, U+FF0E, U+FF61).
    private static func dotLength(_ bytes: ArraySlice<UInt8>) -> Int {
        if bytes.first == UInt8(ascii: ".") { return 1 }
        let first = bytes.prefix(3)
        let isDot =
            first.elementsEqual([0xE3, 0x80, 0x82]) || first.elementsEqual([0xEF, 0xBC, 0x8E])
            || first.elementsEqual([0xEF, 0xBD, 0xA1])
        return isDot ? 3 : 0
    }

    private static func hasPrefix(_ label: [UInt8], _ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { prefix in
            label.count >= prefix.count
                && zip(label, prefix).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && $1 >= 0x61 }
        }
    }

    /// U+1E9E (capital sharp s) is U+00DF since Unicode 15.1; older tables of libidn2 say `ss`.
    private static func withSharpS(_ name: [UInt8]) -> [UInt8] {
        guard name.contains(0xBA) else { return name }
        var result: [UInt8] = []
        for byte in name {
            result.append(byte)
            if result.suffix(3).elementsEqual([0xE1, 0xBA, 0x9E]) {
                result.replaceSubrange((result.count - 3)..., with: [0xC3, 0x9F])
            }
        }
        return result
    }

    private static func lookup(_ utf8: [UInt8]) -> [UInt8]? {
        var output: UnsafeMutablePointer<UInt8>?
        let flags = CInt(IDN2_NONTRANSITIONAL.rawValue) | CInt(IDN2_NFC_INPUT.rawValue)
        let status = (utf8 + [0]).withUnsafeBufferPointer {
            idn2_lookup_u8($0.baseAddress, &output, flags)
        }
        guard status == CInt(IDN2_OK.rawValue), let output else { return nil }
        defer { idn2_free(output) }
        var ascii: [UInt8] = []
        var cursor = output
        while cursor.pointee != 0 {
            ascii.append(cursor.pointee)
            cursor += 1
        }
        return ascii
    }
}
