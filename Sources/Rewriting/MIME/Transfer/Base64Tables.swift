extension Base64 {
    /// The alphabet of RFC 2045 section 6.8, table 1.
    static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The tables that the decoder reads, made once.
    struct Tables {
        static let shared = Tables()

        /// Four tables of 256: what a byte contributes to the three decoded ones, little-endian, when it is the
        /// first to the fourth of its group. Anything above 0xFFFFFF is not a digit.
        private let groups: [UInt32]
        /// Each byte's value, or ``Base64/pad``, ``Base64/space``, ``Base64/alien``.
        private let classes: [UInt8]

        /// The two digits of every twelve bits, the first one in the low byte.
        private let pairs: [UInt16]

        private init() {
            pairs = (0..<4096).map {
                UInt16(Base64.alphabet[$0 >> 6]) | UInt16(Base64.alphabet[$0 & 63]) << 8
            }
            var groups = [UInt32](repeating: 0xFF00_0000, count: 1024)
            var classes = [UInt8](repeating: Base64.alien, count: 256)
            for (value, digit) in Base64.alphabet.enumerated() {
                let value = UInt32(value)
                let digit = Int(digit)
                classes[digit] = UInt8(value)
                groups[digit] = value << 2
                groups[256 + digit] = value >> 4 | (value & 0x0F) << 12
                groups[512 + digit] = (value >> 2) << 8 | (value & 0x03) << 22
                groups[768 + digit] = value << 16
            }
            classes[Int(UInt8(ascii: "="))] = Base64.pad
            for space in [0x20, 0x09, 0x0D, 0x0A] { classes[space] = Base64.space }
            self.groups = groups
            self.classes = classes
        }

        /// Lends the table that the encoder reads.
        @inline(__always)
        func withPairs<R>(_ body: (UnsafeBufferPointer<UInt16>) -> R) -> R {
            pairs.withUnsafeBufferPointer(body)
        }

        /// Lends the decoder's tables.
        @inline(__always)
        func withUnsafe<R>(
            _ body: (_ groups: UnsafeBufferPointer<UInt32>, _ classes: UnsafeBufferPointer<UInt8>) -> R
        ) -> R {
            groups.withUnsafeBufferPointer { groups in classes.withUnsafeBufferPointer { body(groups, $0) } }
        }
    }
}
