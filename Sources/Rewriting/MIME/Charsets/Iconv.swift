import Glibc

/// Converts short texts with the C library's iconv(3).
enum Iconv {
    /// `bytes` in UTF-8; nil where the charset is not known or the bytes are not valid in it.
    static func utf8(_ bytes: [UInt8], from charset: String) -> [UInt8]? {
        guard !charset.isEmpty, let converter = iconv_open("UTF-8", charset) else { return nil }
        // iconv_open(3) fails with (iconv_t)-1.
        guard Int(bitPattern: converter) != -1 else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // No byte becomes more than three of UTF-8, except in sets that compose characters.
        var output = [CChar](repeating: 0, count: bytes.count * 4 + 16)
        let written: Int? = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var from = input.baseAddress
                var fromLeft = input.count
                var to = output.baseAddress
                var toLeft = output.count
                guard iconv(converter, &from, &fromLeft, &to, &toLeft) != -1, fromLeft == 0
                else { return nil }
                guard iconv(converter, nil, nil, &to, &toLeft) != -1 else { return nil }
                return output.count - toLeft
            }
        }
        return written.map { output[..<$0].map { UInt8(bitPattern: $0) } }
    }
}
