import Testing

@testable import Rewriting

/// The URL tests that browsers share (web-platform-tests), as two projects keep them: what we read of a URL, its host,
/// port and credentials, must be what they expect.
@Suite(.enabled(if: PeerData.isThere, "SIGNPOST_CORPUS is not set")) struct URLDataTests {
    /// Hosts that end in a number are IPv4 addresses to the standard: never a default domain, hence left as written.
    private static func isAddress(_ host: some Collection<UInt8>) -> Bool {
        if host.first == UInt8(ascii: "[") { return true }
        let labels = host.split(separator: UInt8(ascii: "."))
        guard let last = labels.last else { return false }
        if last.allSatisfy(ASCII.isDigit) { return true }
        return last.starts(with: "0x".utf8) && last.dropFirst(2).allSatisfy { ASCII.hexValue($0) != nil }
    }

    /// Inputs that we read otherwise, and why.
    private static let deviations = [
        // libidn2 holds to IDNA 2008 (RFC 5892), to which symbols are no letters: such a link is left.
        "https://%e2%98%83": "a snowman",
        // The standard's newer text, which wpt-via-ada has, lowers an ASCII host and looks no further.
        "http://a.b.c.xn--pokxncvks": "an older standard", "http://a.b.c.XN--pokxncvks": "an older standard",
        "http://a.b.c.Xn--pokxncvks": "an older standard", "http://10.0.0.xn--pokxncvks": "an older standard",
        "http://10.0.0.XN--pokxncvks": "an older standard",
        "http://10.0.0.xN--pokxncvks": "an older standard",
        "https://xn--/": "an older standard",
    ]

    @Test(arguments: ["wpt-via-ada/urltestdata.json", "servo+rust-url/url/tests/urltestdata.json"])
    func `host, port and credentials are those of the URL data`(_ file: String) throws {
        var run = 0
        var addresses = 0
        var explained = 0
        for entry in try #require(try PeerData.json(file) as? [Any]) {
            guard let test = entry as? [String: Any], let input = test["input"] as? String else { continue }
            guard let url = WebURL(Array(input.utf8)), Self.isIndependent(url, of: test["base"] as? String)
            else {
                continue
            }
            run += 1
            let (got, port) = (url.host.map { String(decoding: $0, as: UTF8.self) }, Self.port(url))
            let (host, hasCredentials) = (url.host, url.hasCredentials)
            let expected = test["failure"] as? Bool == true ? nil : test["hostname"] as? String
            if let host, Self.isAddress(host) {
                addresses += 1
                #expect(expected.map { Self.isAddress(Array($0.utf8)) } ?? true, "\(input)")
                continue
            }
            if expected.map({ Self.isAddress(Array($0.utf8)) }) ?? false, got == nil {
                addresses += 1
                continue
            }
            if Self.deviations[input] != nil {
                explained += got == expected ? 0 : 1
                continue
            }
            #expect(got == expected, "\(input.debugDescription)")
            guard expected != nil, got != nil else { continue }
            #expect(port == test["port"] as? String, "\(input.debugDescription)")
            let credentials = (test["username"] as? String ?? "") + (test["password"] as? String ?? "")
            #expect(hasCredentials == !credentials.isEmpty, "\(input.debugDescription)")
        }
        print("\(file): \(run) run, of these \(addresses) with IP addresses, \(explained) explained")
        #expect(run > 200)
    }

    /// Whether the base has no say in what the URL's host is.
    private static func isIndependent(_ url: borrowing WebURL, of base: String?) -> Bool {
        let scheme = String(decoding: url.text[..<url.components.scheme.end], as: UTF8.self).lowercased()
        guard let base else { return !scheme.isEmpty }
        let isWebBase = base.hasPrefix("http:") || base.hasPrefix("https:")
        if scheme.isEmpty { return isWebBase }
        // "Special relative or authority state": with the base's scheme, only `//` begins an authority.
        return !base.hasPrefix(scheme + ":")
            || url.text[(url.components.scheme.end + 1)...].starts(with: "//".utf8)
    }

    private static func port(_ url: borrowing WebURL) -> String {
        guard
            let port = Int(
                String(decoding: url.text[url.components.port.start..<url.components.port.end], as: UTF8.self)
            )
        else { return "" }
        let scheme = String(decoding: url.text[..<url.components.scheme.end], as: UTF8.self).lowercased()
        return port == (scheme == "https" ? 443 : 80) ? "" : String(port)
    }

    /// libidn2 accepts nothing that the standard rejects, and maps nothing otherwise. It rejects more, and such links are
    /// left:
    /// - A label that is not ASCII and in its ASCII form longer than 63 octets, or has a hyphen at an end. (The standard
    ///   asks for VerifyDnsLength=false, CheckHyphens=false; for labels in ASCII we do so.)
    /// - Symbols: ♥, ☕, ≠, domino tiles. UTS 46 lets them be, IDNA 2008 (RFC 5892) does not.
    /// - Letters that Unicode added, or UTS 46 began to map or ignore, after the tables of Debian 12's libidn2 (U+04C0,
    ///   U+10A0…, U+180E, U+206B).
    @Test(arguments: [("wpt-via-ada/toascii.json", 10), ("wpt-via-ada/IdnaTestV2.json", 166)])
    func `names become the A-labels that the IDNA data expects, or none`(_ file: String, _ rejected: Int)
        throws
    {
        var run = 0
        var differing = 0
        for entry in try #require(try PeerData.json(file) as? [Any]) {
            guard let test = entry as? [String: Any], let input = test["input"] as? String, !input.isEmpty
            else { continue }
            run += 1
            let url = WebURL(Array("https://".utf8) + Self.hostEscaped(input) + Array("/x".utf8))
            let got = url?.host.map { String(decoding: $0, as: UTF8.self) }
            let expected = test["output"] as? String
            if got == expected { continue }
            differing += 1
            #expect(got == nil, "\(input.debugDescription) is \(expected ?? "none")")
        }
        print("\(file): \(run) run, \(differing) rejected against the data")
        #expect(run > 80 && differing <= rejected)
    }

    /// With what would end the host in percent-encoding, as web-platform-tests do.
    private static func hostEscaped(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return text.utf8.flatMap { byte in
            ":/?#\\@%\t\n\r ".utf8.contains(byte)
                ? [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] : [byte]
        }
    }
}
