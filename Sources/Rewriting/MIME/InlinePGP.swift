/// Messages that were signed or encrypted before MIME knew how (RFC 4880 section 6.2 armor, section 7).
enum InlinePGP {
    /// Whether an armor header line stands in the text.
    static func occurs(in view: Bytes) -> Bool {
        let marker: StaticString = "-----BEGIN PGP "
        var search = 0
        while let found = view.firstIndex(of: marker, from: search, to: view.count) {
            let rest = found + marker.utf8CodeUnitCount
            let startsLine = found == 0 || view[found - 1] == 0x0A || view[found - 1] == 0x0D
            if startsLine,
                view.hasPrefix("message-----", at: rest) || view.hasPrefix("signed message-----", at: rest)
            {
                return true
            }
            search = rest
        }
        return false
    }
}
