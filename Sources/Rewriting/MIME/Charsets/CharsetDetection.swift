import Glibc

/// What to read bytes as: the label, unless they plainly belie it.
enum CharsetDetection {
    /// Looking at more would not make it any surer.
    static let sampleSize = 4096

    /// The charset of `decoded`, byte order settled; nil where it is in doubt.
    static func charset(of decoded: Bytes, labelled: Charset) -> Charset? {
        switch labelled.family {
        case .wide(let unit, let order):
            return wide(decoded, labelled: labelled, unit: unit, order: order)
        case .superset:
            return superset(decoded, labelled: labelled)
        default:
            // The multi-byte sets are ASCII supersets when it comes to NUL and byte order marks.
            return hasWideMark(decoded) ? nil : labelled
        }
    }

    /// A label that says UTF-16 or UTF-32. A byte order mark outranks the label's order (WHATWG Encoding Standard,
    /// section 6, "decode").
    private static func wide(
        _ decoded: Bytes, labelled: Charset, unit: Int, order: Charset.ByteOrder?
    ) -> Charset? {
        if decoded.isEmpty { return .unlabelled }
        if let marked = markedOrder(decoded, unit: unit) {
            return Charset(family: .wide(unit: unit, order: marked), iconvName: labelled.iconvName)
        }
        if isPlainlyASCII(decoded) { return .unlabelled }
        let zeros = Zeros(decoded, unit: unit, limit: sampleSize)
        // Where the bytes alone decide, an edit must not tip the balance.
        let lead = order == nil ? 2 : 1
        let found: Charset.ByteOrder? =
            zeros.high > zeros.low * lead ? .big : zeros.low > zeros.high * lead ? .little : nil
        // Without a mark and without a label the bytes decide; no zeros at all means no markup worth reading.
        // Bytes that contradict a label that does name an order would reach the reader as noise.
        guard let found, order == nil || order == found else { return nil }
        return Charset(family: .wide(unit: unit, order: found), iconvName: labelled.iconvName)
    }

    /// A label that says UTF-8 or some other ASCII superset, or nothing.
    private static func superset(_ decoded: Bytes, labelled: Charset) -> Charset? {
        let sample = Bytes(rebasing: decoded.prefix(sampleSize))
        guard let base = sample.baseAddress, hasWideMark(decoded) || memchr(base, 0, sample.count) != nil
        else {
            return labelled
        }
        for unit in [4, 2] {
            guard decoded.count >= unit else { continue }
            let zeros = Zeros(decoded, unit: unit, limit: sampleSize)
            let order: Charset.ByteOrder = zeros.high > zeros.low ? .big : .little
            // Certain: whole units, next to all of them ASCII in one order, none in the other.
            let isCertain =
                decoded.count % unit == 0 && min(zeros.high, zeros.low) == 0
                && max(zeros.high, zeros.low) * 2 >= zeros.units && zeros.units > 1
            let marked = markedOrder(decoded, unit: unit)
            guard isCertain, marked == nil || marked == order else { continue }
            // Without a mark, half of the units could be chance; nine tenths are not.
            guard marked != nil || max(zeros.high, zeros.low) * 10 >= zeros.units * 9 else { continue }
            return Charset(family: .wide(unit: unit, order: order), iconvName: "")
        }
        // A stray NUL is a stray NUL. Many are some encoding that is not known.
        if hasWideMark(decoded), labelled.isUTF8 { return nil }
        let zeros = sample.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
        return zeros * 10 > sample.count ? nil : labelled
    }

    /// The order that a byte order mark gives. FF FE 00 00 is UTF-32's, not UTF-16's with a NUL behind.
    static func markedOrder(_ decoded: Bytes, unit: Int) -> Charset.ByteOrder? {
        if unit == 4 {
            if decoded.starts(with: [0xFF, 0xFE, 0x00, 0x00]) { return .little }
            return decoded.starts(with: [0x00, 0x00, 0xFE, 0xFF]) ? .big : nil
        }
        if decoded.starts(with: [0xFF, 0xFE]) { return .little }
        return decoded.starts(with: [0xFE, 0xFF]) ? .big : nil
    }

    private static func hasWideMark(_ decoded: Bytes) -> Bool {
        markedOrder(decoded, unit: 2) != nil || markedOrder(decoded, unit: 4) != nil
    }

    /// No NUL anywhere, nearly nothing that is not printable, and a URL in it: whatever the label, a gateway has
    /// converted the text and not told the header.
    private static func isPlainlyASCII(_ decoded: Bytes) -> Bool {
        guard let base = decoded.baseAddress, memchr(base, 0, decoded.count) == nil else { return false }
        guard containsURL(decoded) else { return false }
        let sample = decoded.prefix(sampleSize)
        let printable = sample.reduce(0) { $0 + (ASCII.isWhitespace($1) || 0x20...0x7E ~= $1 ? 1 : 0) }
        return printable * 8 >= sample.count * 7
    }

    private static func containsURL(_ decoded: Bytes) -> Bool {
        decoded.indices.contains { index in
            decoded[index] == UInt8(ascii: ":") && index + 2 < decoded.count
                && decoded[index + 1] == UInt8(ascii: "/") && decoded[index + 2] == UInt8(ascii: "/")
        }
    }

    /// Where the zeros are in units of two or four bytes.
    private struct Zeros {
        var units = 0
        /// Units that are ASCII when the first byte is the highest.
        var high = 0
        /// Units that are ASCII when the last byte is the highest.
        var low = 0

        init(_ bytes: Bytes, unit: Int, limit: Int) {
            let end = min(bytes.count, limit)
            var position = 0
            while position + unit <= end {
                let first = bytes[position]
                let last = bytes[position + unit - 1]
                let isInnerZero = unit == 2 || bytes[position + 1] == 0 && bytes[position + 2] == 0
                units += 1
                if isInnerZero, first == 0, last != 0, last < 0x80 { high += 1 }
                if isInnerZero, last == 0, first != 0, first < 0x80 { low += 1 }
                position += unit
            }
        }
    }
}
