/// How the bytes of a plugin's answer are written in the place where the link stands.
enum LinkEscaping {
    /// As they are.
    case none
    /// `&` as a reference.
    case html
    /// Parentheses escaped (CSS Syntax, section 4.3.6: an unquoted `url(` ends at one).
    case css
    /// Both: a style attribute.
    case htmlAndCSS
}

/// Gathers the links of one part or header field: asks the decider, keeps the edits, and accounts for every
/// default domain that stays. Positions are of the part's view.
struct LinkCollector {
    /// A default domain that stays.
    struct Stay {
        var place: String
        var url: [UInt8]
        var reason: LeftReason
    }

    let hosts: DefaultHosts
    let decider: any LinkDecider
    let showsAllLinks: Bool
    /// The account has the URLs of links that move.
    private let keepsURLs: Bool
    /// No byte of the view above ASCII could mean an ASCII character.
    let isPlainCharset: Bool
    /// The byte that is a no-break space in the view, if one is.
    let noBreakSpace: UInt8?
    /// Where it is set, the account shows links and mentions as this view spells them (JSON's `\/`).
    var spelling: Bytes?
    /// The real text of a stretch of the view that is not ASCII, where the view is not UTF-8 itself.
    let utf8: ((ByteRange) -> [UInt8]?)?

    /// The links that move, behind those that the account had before.
    private(set) var moves: [RewrittenLink] = []
    /// The first of them that is this collector's.
    private(set) var firstMove = 0
    private(set) var stays: [Stay] = []
    /// The host that the last link moved to, spelled as it is serialised.
    private var lastHost: [UInt8] = []
    /// What the decider is shown: the same memory for all links that have nothing hidden in them.
    private var shown: Link
    /// What the decider writes its answers to.
    private var answer: [UInt8] = []
    /// Edits of the view; `link` indexes `moves`.
    private(set) var edits: [ContentEdit] = []

    init(
        hosts: DefaultHosts, decider: any LinkDecider, showsAllLinks: Bool, keepsURLs: Bool = true,
        part: String, isPlainCharset: Bool = false, noBreakSpace: UInt8? = nil,
        utf8: ((ByteRange) -> [UInt8]?)? = nil
    ) {
        self.hosts = hosts
        self.decider = decider
        self.showsAllLinks = showsAllLinks
        self.keepsURLs = keepsURLs
        shown = Link(part: part)
        self.isPlainCharset = isPlainCharset
        self.noBreakSpace = noBreakSpace
        self.utf8 = utf8
    }

    /// The IMAP part number, or `header:…`.
    var part: String { shown.part }

    /// Takes the account over, to add to it, until it is given back (``report(refused:into:)``).
    mutating func takeOver(_ result: inout RewriteResult) {
        swap(&moves, &result.rewritten)
        firstMove = moves.count
    }

    /// Forgets the links that were to move, since they stay after all.
    mutating func forgetMoves() { moves.removeSubrange(firstMove...) }

    /// Makes room for as many links more.
    mutating func reserve(_ count: Int) {
        // No less than twice as much, or each of many parts would move all that there are.
        let needed = moves.count + count
        if needed > moves.capacity { moves.reserveCapacity(max(needed, 2 * moves.capacity)) }
        edits.reserveCapacity(edits.count + count)
    }

    /// Takes what stands in `value`, if it is a link as ``PlainLink`` reads them. The caller knows that it mentions no
    /// other default domain.
    ///
    /// - Parameter hasReferences: an attribute value, in which `&amp;` is `&`.
    /// - Returns: whether it is one.
    mutating func plainURL(
        _ value: ByteRange, of view: Bytes, hasReferences: Bool, place: String
    ) -> Bool {
        guard
            PlainLink.read(value, of: view, hasReferences: hasReferences, hosts: hosts, into: &shown)
        else { return false }
        shown.place = place
        answer.removeAll(keepingCapacity: true)
        switch decider.decide(shown, answer: &answer) {
        case .leave(let reason):
            stays.append(Stay(place: place, url: shown.url, reason: .decided(reason)))
        case .move(let plugin):
            let old = shown.components.host
            guard let host = shown.components.otherHost(of: shown.url, in: answer, known: lastHost) else {
                let text =
                    hasReferences
                    ? CharacterReferences.decode(value, of: view, inAttribute: true)
                    : DecodedText(verbatim: value, of: view)
                if let url = WebURL(text.bytes) {
                    move(
                        text, url, plugin: plugin, place: place, hasReferences ? .html : .none, isOurs: true)
                }
                return true
            }
            lastHost.become(host, of: answer)
            let range = ByteRange(value.start + old.start, value.start + old.end)
            edits.append(ContentEdit(link: moves.count, range: range, replacement: lastHost))
            moves.append(
                RewrittenLink(
                    part: part, place: place, plugin: plugin, old: keepsURLs ? shown.url : [],
                    new: keepsURLs ? answer : []))
        }
        return true
    }

    /// Takes a string that is a URL as a whole. Whatever else it mentions is accounted for.
    ///
    /// - Parameter otherwise: the reason by which mentions stay if the string is no URL of ours.
    mutating func url(
        _ source: DecodedText, place: String, escaping: LinkEscaping,
        otherwise: LeftReason = .notALink
    ) {
        if let text = inUTF8(source) {
            urlInUTF8(text, place: place, escaping: escaping, otherwise: otherwise)
        } else {
            urlInUTF8(source, place: place, escaping: escaping, otherwise: otherwise)
        }
    }

    private mutating func urlInUTF8(
        _ source: DecodedText, place: String, escaping: LinkEscaping, otherwise: LeftReason
    ) {
        guard let url = WebURL(source.bytes) else {
            mentions(in: source, place: place, reason: otherwise)
            return
        }
        let isOurs = url.isOn(hosts)
        guard isOurs || showsAllLinks && url.isValid else {
            let host = url.sourceRange(of: url.components.host)
            mentions(in: source, place: place, reason: !url.isValid ? .invalidURL : .nested, host: host)
            return
        }
        if url.hasCredentials {
            stay(source, url, place: place, reason: .userinfo, isOurs: isOurs)
            return
        }
        let link = Link(
            url: url.text, components: url.components, place: place, part: part, isOnDefaultDomain: isOurs)
        answer.removeAll(keepingCapacity: true)
        switch decider.decide(link, answer: &answer) {
        case .leave(let reason):
            stay(source, url, place: place, reason: .decided(reason), isOurs: isOurs)
        case .move(let plugin):
            move(source, url, plugin: plugin, place: place, escaping, isOurs: isOurs)
        }
    }

    /// Accounts for the default domains that a string mentions and that stay.
    mutating func mentions(
        in text: DecodedText, place: String, reason: LeftReason, host: ByteRange? = nil
    ) {
        for found in Mentions.find(in: text.bytes, hosts: hosts) {
            let (range, isAddress) = Mentions.surroundings(of: found, in: text.bytes)
            // In the authority itself, yet not the host: somebody else's look-alike or a user name.
            let isInAuthority = host.map { found.start < $0.end } ?? false
            let why: LeftReason =
                isAddress && reason != .comment && reason != .script
                ? .mailAddress : isInAuthority && reason == .nested ? .notALink : reason
            stays.append(Stay(place: place, url: shown(text, range), reason: why))
        }
    }

    /// The bytes of `range` as the account shows them.
    private func shown(_ text: DecodedText, _ range: ByteRange) -> [UInt8] {
        guard let spelling else { return Array(text.bytes[range.start..<range.end]) }
        return spelling.copy(text.viewRange(of: range))
    }

    /// Accounts for a default domain that stands in the view at `host` and stays.
    mutating func mention(_ host: ByteRange, in view: Bytes, place: String, reason: LeftReason) {
        let window = Mentions.window(around: host, in: view)
        let text = view.copy(window)
        let inWindow = ByteRange(host.start - window.start, host.end - window.start)
        let (range, isAddress) = Mentions.surroundings(of: inWindow, in: text)
        stays.append(
            Stay(
                place: place, url: Array(text[range.start..<range.end]),
                reason: isAddress ? .mailAddress : reason))
    }

    // MARK: -

    private mutating func stay(
        _ source: DecodedText, _ url: borrowing WebURL, place: String, reason: LeftReason, isOurs: Bool
    ) {
        if isOurs {
            let text = spelling == nil ? url.text : shown(source, ByteRange(0, source.bytes.count))
            stays.append(Stay(place: place, url: text, reason: reason))
        }
        nested(in: source, behind: url, place: place)
    }

    /// The mentions behind the host of a URL.
    private mutating func nested(in source: DecodedText, behind url: borrowing WebURL, place: String) {
        let start = url.sourceRange(of: ByteRange(url.components.host.end, url.text.count)).start
        guard start < source.bytes.count,
            !Mentions.find(in: source.bytes, from: start, hosts: hosts).isEmpty
        else { return }
        mentions(in: source.slice(ByteRange(start, source.bytes.count)), place: place, reason: .nested)
    }

    /// Moves a link to the decider's answer.
    private mutating func move(
        _ source: DecodedText, _ url: borrowing WebURL, plugin: String, place: String,
        _ escaping: LinkEscaping, isOurs: Bool
    ) {
        let before = edits.count
        var after = keepsURLs ? answer : []
        if url.isValid, let host = url.components.otherHost(of: url.text, in: answer, known: lastHost) {
            // So it is for nearly all links; and all of a sender's get the same host.
            lastHost.become(host, of: answer)
            add(url.components.host, of: url, source, lastHost)
        } else {
            guard let new = WebURL(answer), new.isValid else {
                let reason = LeftReason.decided("unusable answer from " + plugin)
                stay(source, url, place: place, reason: reason, isOurs: isOurs)
                return
            }
            let difference = URLDifference(from: url, to: new)
            for change in difference.changes {
                add(change.range, of: url, source, LinkCollector.escape(change.replacement, escaping))
            }
            if keepsURLs { after = difference.result }
        }
        guard edits.count > before else {
            stay(source, url, place: place, reason: .decided("unchanged by " + plugin), isOurs: isOurs)
            return
        }
        moves.append(moved(source, url, to: after, before, place, plugin))
        nested(in: source, behind: url, place: place)
    }

    /// Adds an edit of a stretch of the URL that moves.
    private mutating func add(
        _ range: ByteRange, of url: borrowing WebURL, _ source: DecodedText, _ replacement: [UInt8]
    ) {
        let range = source.viewRange(of: url.sourceRange(of: range))
        edits.append(ContentEdit(link: moves.count, range: range, replacement: replacement))
    }

    /// The link as the account shows it: `after` was made by the edits from `firstEdit` on.
    private func moved(
        _ source: DecodedText, _ url: borrowing WebURL, to after: [UInt8], _ firstEdit: Int, _ place: String,
        _ plugin: String
    ) -> RewrittenLink {
        guard let spelling, keepsURLs else {
            let before = keepsURLs ? url.text : []
            return RewrittenLink(part: part, place: place, plugin: plugin, old: before, new: after)
        }
        let range = source.viewRange(of: ByteRange(0, source.bytes.count))
        let old = spelling.copy(range)
        let new = old.applying(
            edits[firstEdit...].map {
                Edit(ByteRange($0.range.start - range.start, $0.range.end - range.start), $0.replacement)
            })
        return RewrittenLink(part: part, place: place, plugin: plugin, old: old, new: new)
    }

    private static func escape(_ bytes: [UInt8], _ escaping: LinkEscaping) -> [UInt8] {
        let isAffected = bytes.contains {
            $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ")")
        }
        if escaping == .none || !isAffected { return bytes }
        var escaped: [UInt8] = []
        for byte in bytes {
            if byte == UInt8(ascii: "&"), escaping != .css {
                escaped.append(contentsOf: "&amp;".utf8)
            } else {
                if byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")"), escaping != .html {
                    escaped.append(UInt8(ascii: "\\"))
                }
                escaped.append(byte)
            }
        }
        return escaped
    }

    /// The text with every stretch that is not ASCII in UTF-8; nil where it is in UTF-8 as it stands.
    private func inUTF8(_ source: DecodedText) -> DecodedText? {
        guard let utf8, !source.bytes.withUnsafeBufferPointer(\.isPlain),
            source.bytes.contains(where: { $0 >= 0x80 })
        else { return nil }
        var text = DecodedText(at: source.origin(of: 0), capacity: source.bytes.count)
        var index = 0
        while index < source.bytes.count {
            let origin = source.origin(of: index)
            var end = index + 1
            // Bytes of the view stand one by one; the bytes of a resolved escape share one place.
            let isOfView = source.bytes[index] >= 0x80 && source.origin(of: index + 1) == origin + 1
            if isOfView {
                while end < source.bytes.count, source.bytes[end] >= 0x80,
                    source.origin(of: end + 1) == source.origin(of: end) + 1
                {
                    end += 1
                }
                let range = ByteRange(origin, source.origin(of: end))
                text.append(utf8(range) ?? Array(source.bytes[index..<end]), from: origin)
            } else {
                text.append(source.bytes[index], from: origin)
            }
            index = end
        }
        text.finish(at: source.origin(of: source.bytes.count))
        return text
    }
}
