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
