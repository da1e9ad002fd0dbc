/// `text` so that two spellings which differ in case alone become equal (Unicode simple case folding, but for
/// one rule: a letter outside ASCII never becomes one inside. U+017F LONG S and U+212A KELVIN SIGN fold to
/// `s` and `k`, and would let somebody else's address pass for a sender's).
///
/// NFC needs no step of its own: Swift's strings compare and hash by canonical equivalence.
func caseFolded(_ text: String) -> String {
    caseFolded(utf8: text.utf8)
}

/// The same for text in UTF-8.
func caseFolded(utf8: some Collection<UInt8>) -> String {
    if utf8.allSatisfy({ $0 < 0x80 }) {
        return String(unsafeUninitializedCapacity: utf8.count) { buffer in
            _ = buffer.initialize(fromContentsOf: utf8)
            for index in buffer.indices where (0x41...0x5A).contains(buffer[index]) { buffer[index] |= 0x20 }
            return buffer.count
        }
    }
    let text = String(decoding: utf8, as: UTF8.self)
    var folded = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        // Through upper case, because some letters share one: both lower-case sigmas are one capital's.
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        let lower = single(upper.properties.lowercaseMapping) ?? upper
        folded.append(lower.isASCII && !scalar.isASCII ? scalar : lower)
    }
    return String(folded)
}

private func single(_ mapping: String) -> Unicode.Scalar? {
    mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
}
