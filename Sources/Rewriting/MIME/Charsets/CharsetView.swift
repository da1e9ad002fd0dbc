/// Decoded bytes as the scanners may read them: every byte below 0x80 is that ASCII character, and whatever is
/// not ASCII text is some byte from 0x80 up. A charset that is an ASCII superset is not copied.
///
/// The decoded bytes belong to the caller and have to outlive it.
struct CharsetView {
    private let decoded: Bytes
    private let charset: Charset
    /// The view, where it is not the decoded bytes themselves.
    private let masked: [UInt8]?
    /// False where the part cannot be read without doubt, and is left alone. The view is empty then.
    let isReadable: Bool

    /// Reads `decoded` as its `charset` parameter says, or as the bytes themselves say where they plainly belie it.
    init(decoded: Bytes, label: [UInt8]?) {
        self.decoded = decoded
        let labelled = Charset(label: label)
        guard let charset = CharsetDetection.charset(of: decoded, labelled: labelled) else {
            (charset, masked, isReadable) = (labelled, [], false)
            return
        }
        self.charset = charset
        let mask: Mask
        switch charset.family {
        case .superset: mask = .none
        case .shiftJIS: mask = DoubleByteMask.mask(decoded, length: DoubleByteMask.shiftJIS)
        case .gb18030: mask = DoubleByteMask.mask(decoded, length: DoubleByteMask.gb18030)
        case .big5: mask = DoubleByteMask.mask(decoded, length: DoubleByteMask.big5)
        case .uhc: mask = DoubleByteMask.mask(decoded, length: DoubleByteMask.uhc)
        case .johab: mask = DoubleByteMask.mask(decoded, length: DoubleByteMask.johab)
        case .iso2022JP: mask = ISO2022Mask.mask(decoded, .japanese)
        case .iso2022KR: mask = ISO2022Mask.mask(decoded, .korean)
        case .iso2022CN: mask = ISO2022Mask.mask(decoded, .chinese)
        case .hz: mask = HZMask.mask(decoded)
        case .utf7: mask = UTF7Mask.mask(decoded)
        case .wide(let unit, let order):
            mask = .bytes(WideUnits.narrowed(decoded, unit: unit, order: order ?? .little))
        }
        switch mask {
        case .none: (masked, isReadable) = (nil, true)
        case .bytes(let bytes): (masked, isReadable) = (bytes, true)
        case .doubtful: (masked, isReadable) = ([], false)
        }
    }

    /// What a charset's reader makes of the bytes.
    enum Mask: Equatable {
        /// All of it is as good as ASCII: no copy is needed.
        case none
        case bytes([UInt8])
        /// Readers would disagree.
        case doubtful
    }

    /// How many bytes the view has.
    var count: Int { masked?.count ?? decoded.count }

    /// Lends the view.
    func withBytes<R>(_ body: (Bytes) throws -> R) rethrows -> R {
        guard let masked else { return try body(decoded) }
        return try masked.withUnsafeBufferPointer(body)
    }

    /// Whether characters take more than a byte each, so that a line end is not the byte LF.
    var isWide: Bool { unit > 1 }

    /// Whether what is not ASCII in the view is certain not to be ASCII in the text: a set that is known to be an
    /// ASCII superset, not a label that merely counts as one.
    var isPlain: Bool {
        guard isReadable, charset.family == .superset else { return false }
        let name = charset.iconvName
        return charset.isUTF8
            || ["utf-8", "windows-", "iso-8859-", "koi8-"].contains(where: name.lowercased().hasPrefix)
    }

    /// Whether the charset that was settled on, or the label where none was, has ASCII in it byte for byte.
    var isSuperset: Bool { charset.family == .superset }

    /// The byte that is a no-break space, in the sets of single bytes whose byte is known.
    var noBreakSpace: UInt8? {
        guard isPlain, !charset.isUTF8 else { return nil }
        return charset.iconvName.lowercased().hasPrefix("koi8-") ? 0x9A : 0xA0
    }

    private var unit: Int {
        if case .wide(let unit, _) = charset.family { return unit }
        return 1
    }

    /// The decoded bytes behind a range of the view.
    func decodedRange(of view: ByteRange) -> ByteRange {
        let start = min(max(view.start, 0), count)
        let end = min(max(view.end, start), count)
        return ByteRange(start * unit, end * unit)
    }

    /// ASCII text in the part's charset, to stand where the view is ASCII.
    func encode(_ ascii: [UInt8]) -> [UInt8] {
        switch charset.family {
        case .wide(let unit, let order): WideUnits.widened(ascii, unit: unit, order: order ?? .little)
        case .hz: HZMask.encode(ascii)
        case .utf7: UTF7Mask.encode(ascii)
        default: ascii
        }
    }

    /// All of the text in UTF-8, for the account of a part that cannot be edited; nil as for ``utf8(of:)``.
    func utf8OfAll() -> [UInt8]? {
        Iconv.utf8(Array(decoded), from: charset.iconvName)
    }

    /// The text behind a short range of the view, in UTF-8; nil where the charset is not known or the bytes are
    /// not valid in it. For host names and reports only: it opens a converter.
    func utf8(of view: ByteRange) -> [UInt8]? {
        let range = decodedRange(of: view)
        let bytes = Bytes(rebasing: decoded[range.start..<range.end])
        let isASCII = withBytes { view in
            !view.isEmpty && view[range.start / unit..<range.end / unit].allSatisfy { $0 < 0x80 }
        }
        if isASCII || range.isEmpty {
            return withBytes { Array($0[range.start / unit..<range.end / unit]) }
        }
        switch charset.family {
        case .hz: return Iconv.utf8(HZMask.highBytes(bytes), from: "GB18030")
        case .wide(let unit, let order):
            return Iconv.utf8(Array(bytes), from: WideUnits.iconvName(unit: unit, order: order ?? .little))
        default: return Iconv.utf8(Array(bytes), from: charset.iconvName)
        }
    }
}
