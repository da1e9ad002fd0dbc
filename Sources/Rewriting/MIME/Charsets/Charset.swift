/// A charset as far as reading markup in it goes: which bytes mean ASCII characters.
struct Charset: Equatable, Sendable {
    /// How its bytes are to be read.
    enum Family: Equatable, Sendable {
        /// Every byte below 0x80 is that ASCII character, wherever it stands: UTF-8, ISO 8859, windows-125x, EUC-JP.
        case superset
        case shiftJIS
        /// GB 2312 and GBK are read as their superset, as browsers do.
        case gb18030
        case big5
        /// Unified Hangul Code, which browsers read EUC-KR as.
        case uhc
        case johab
        case iso2022JP
        case iso2022KR
        case iso2022CN
        case hz
        case utf7
        /// UTF-16 (2) or UTF-32 (4); the order is nil where the label leaves it open.
        case wide(unit: Int, order: ByteOrder?)
    }

    enum ByteOrder: Equatable, Sendable {
        case little
        case big
    }

    var family: Family
    /// What iconv(3) calls it.
    var iconvName: String

    /// A part that says nothing is US-ASCII by RFC 2045 section 5.2, and UTF-8 in practice.
    static let unlabelled = Charset(family: .superset, iconvName: "UTF-8")

    /// Whether its label promises UTF-8 or nothing at all.
    var isUTF8: Bool { iconvName == "UTF-8" }

    /// The charset that a `charset` parameter names. Labels nobody knows count as ASCII supersets: nearly all
    /// charsets are, and a host name is found only where its ASCII bytes stand.
    init(label: [UInt8]?) {
        guard let label else {
            self = .unlabelled
            return
        }
        let isName = { (byte: UInt8) in byte > 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x27 }
        let start = label.firstIndex(where: isName) ?? label.endIndex
        let end = label.lastIndex(where: isName).map { $0 + 1 } ?? start
        let name = String(decoding: label[start..<end].map { ASCII.lowercased($0) }, as: UTF8.self)
        if name.isEmpty {
            self = .unlabelled
        } else if let known = Self.byLabel[name] {
            self = known
        } else {
            // iconv takes options behind slashes; a label does not get to give any.
            let isPlain = name.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "-_.:+".utf8.contains($0) }
            self.init(family: .superset, iconvName: isPlain ? name : "")
        }
    }

    init(family: Family, iconvName: String) {
        self.family = family
        self.iconvName = iconvName
    }

    private static let byLabel: [String: Charset] = {
        var table: [String: Charset] = [:]
        for (family, iconvName, labels) in aliases {
            for label in labels.split(separator: " ") {
                table[String(label)] = Charset(family: family, iconvName: iconvName)
            }
        }
        return table
    }()
}
