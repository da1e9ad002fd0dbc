import DomainNames
import Glibc

/// Whether a plugin's URL may stand in a message. Pure; the rules are those of `SIGNPOST_MOVE` in the ABI.
public enum AnswerCheck {
    /// What is wrong with `answer`, nil where it is safe. The sentence quotes nothing of the URL.
    ///
    /// - Parameters:
    ///   - link: the link that it answers.
    ///   - expected: the host that it normally has, in canonical form; any other one costs a closer look.
    public static func mistake(in answer: [UInt8], for link: borrowing PluginLink, expected: [UInt8])
        -> String?
    {
        if changesOnlyTheHost(answer, link, expected) { return nil }
        switch authority(of: answer, for: link) {
        case .failure(let problem): return problem.message
        case .success(let authority):
            return mistake(inAuthority: authority, of: answer, for: link, expected)
                ?? mistake(inChangesOf: answer[authority.upperBound...], from: link.url[link.rest])
        }
    }

    /// The usual answer, which all links but a few get: three comparisons instead of a look at each byte.
    private static func changesOnlyTheHost(
        _ answer: [UInt8], _ link: borrowing PluginLink, _ expected: [UInt8]
    ) -> Bool {
        let tail = link.url.count - link.host.upperBound
        guard answer.count == link.host.lowerBound + expected.count + tail else { return false }
        return answer.withUnsafeBytes { answer in
            link.url.withUnsafeBytes { url in
                expected.withUnsafeBytes { host in
                    guard let answer = answer.baseAddress, let url = url.baseAddress,
                        let host = host.baseAddress
                    else { return false }
                    let behind = answer + link.host.lowerBound + expected.count
                    return memcmp(answer, url, link.host.lowerBound) == 0
                        && memcmp(answer + link.host.lowerBound, host, expected.count) == 0
                        && memcmp(behind, url + link.host.upperBound, tail) == 0
                }
            }
        }
    }

    // MARK: scheme

    /// Where user, host and port stand, if the answer begins with a scheme and slashes that are acceptable.
    private static func authority(
        of answer: [UInt8], for link: borrowing PluginLink
    ) -> Result<Range<Int>, PluginProblem> {
        // What separates the link's scheme and host: `://` on the whole, but browsers also read
        // `https:host`, `http:\\host` and `https://@host`. What the link has may stay.
        let own = link.url[link.scheme.upperBound..<link.host.lowerBound]
        let start: Int
        if let end = schemeEnd(of: answer) {
            let usual = prefix(answer, end, "://".utf8)
            start = end + max(usual, link.scheme.isEmpty ? 0 : prefix(answer, end, own))
            guard start > end else { return failure("the URL has no // behind its scheme") }
        } else {
            let length = max(prefix(answer, 0, "//".utf8), link.scheme.isEmpty ? prefix(answer, 0, own) : 0)
            guard length > 0 else {
                return failure("the URL is not an absolute http or https URL")
            }
            guard link.scheme.isEmpty else {
                return failure("the URL is scheme-relative, which the link was not")
            }
            start = length
        }
        let end = answer[start...].firstIndex { byte in
            byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "?")
                || byte == UInt8(ascii: "#")
        }
        return .success(start..<(end ?? answer.count))
    }

    private static func failure(_ message: String) -> Result<Range<Int>, PluginProblem> {
        .failure(PluginProblem(message: message))
    }

    /// Where the colon behind `http` or `https` stands, in any case of letters.
    private static func schemeEnd(of answer: [UInt8]) -> Int? {
        guard let colon = answer.prefix(6).firstIndex(of: UInt8(ascii: ":")), colon >= 4 else { return nil }
        let matches = zip(answer[..<colon], "https".utf8).allSatisfy { $0 | 0x20 == $1 }
        return matches ? colon : nil
    }

    /// The length of `wanted` if it stands at `start`, else 0.
    private static func prefix(_ bytes: [UInt8], _ start: Int, _ wanted: some Collection<UInt8>) -> Int {
        bytes[start...].starts(with: wanted) ? wanted.count : 0
    }

    // MARK: host and port

    private static func mistake(
        inAuthority range: Range<Int>, of answer: [UInt8], for link: borrowing PluginLink, _ expected: [UInt8]
    ) -> String? {
        let authority = answer[range]
        if authority.contains(UInt8(ascii: "@")) { return "the URL has a user or password" }
        let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        let host = authority[..<colon]
        if host != expected[...], host != link.url[link.host] {
            guard host.allSatisfy({ $0 < 0x80 }), DomainName(String(decoding: host, as: UTF8.self)) != nil
            else { return "the URL's host is not a domain name in ASCII" }
        }
        let port = authority[colon...]
        if port.isEmpty || port == link.url[link.host.upperBound..<link.rest.lowerBound] { return nil }
        let digits = port.dropFirst()
        guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self)), (1...65535).contains(number)
        else { return "the URL's port is not a number from 1 to 65535" }
        return nil
    }

    // MARK: path, query and fragment

    /// The bytes that the link did not have at this place will be written into an attribute, a style
    /// sheet, a header or plain text: none of them may end the URL in any of these, and each charset has them.
    private static func mistake(
        inChangesOf answer: ArraySlice<UInt8>, from rest: ArraySlice<UInt8>
    ) -> String? {
        let shorter = min(answer.count, rest.count)
        var start = 0
        while start < shorter, answer[answer.startIndex + start] == rest[rest.startIndex + start] {
            start += 1
        }
        var kept = 0
        while kept < shorter - start, answer[answer.endIndex - 1 - kept] == rest[rest.endIndex - 1 - kept] {
            kept += 1
        }
        for byte in answer.dropFirst(start).dropLast(kept) {
            switch byte {
            case 0x00...0x1F, 0x7F: return "the URL has a control character"
            case UInt8(ascii: " "): return "the URL has a space"
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return "the URL has a quote"
            case UInt8(ascii: "<"), UInt8(ascii: ">"): return "the URL has an angle bracket"
            case UInt8(ascii: "("), UInt8(ascii: ")"): return "the URL has a parenthesis"
            case UInt8(ascii: "\\"): return "the URL has a backslash"
            case 0x80...: return "the URL has bytes that are not ASCII"
            default: break
            }
        }
        // Only what was cut out can still break the UTF-8: where a cut begins or ends inside a character.
        let cuts = [rest.dropFirst(start).first, rest.suffix(kept).first]
        guard cuts.contains(where: { $0.map { $0 & 0xC0 == 0x80 } ?? false }) else { return nil }
        return String(validating: answer, as: UTF8.self) == nil ? "the URL is not valid UTF-8" : nil
    }
}
