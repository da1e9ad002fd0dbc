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

    @Test(arguments: ["wpt-via-ada/urltestdata.json", "servo+rust-url/url/tests/urltestdata.json"])
    func `host, port and credentials are those of the URL data`(_ file: String) throws {
        var run = 0
        var addresses = 0
        for entry in try #require(try PeerData.json(file) as? [Any]) {
            guard let test = entry as? [String: Any], let input = test["input"] as? String else { continue }
            guard let url = WebURL(Array(input.utf8)), Self.isIndependent(url, of: test["base"] as? String) else {
                continue
            }
            run += 1
            let got = url.host.map { String(decoding: $0, as: UTF8.self) }
            let expected = test["failure"] as? Bool == true ? nil : test["hostname"] as? String
            if let host = url.host, Self.isAddress(host) {
                addresses += 1
                #expect(expected.map { Self.isAddress(Array($0.utf8)) } ?? true, "\(input)")
                continue
            }
            if expected.map({ Self.isAddress(Array($0.utf8)) }) ?? false, got == nil {
                addresses += 1
                continue
            }
            #expect(got == expected, "\(input.debugDescription)")
            guard expected != nil, got != nil else { continue }
            #expect(Self.port(url) == test["port"] as? String, "\(input.debugDescription)")
            let credentials = (test["username"] as? String ?? "") + (test["password"] as? String ?? "")
            #expect(url.hasCredentials == !credentials.isEmpty, "\(input.debugDescription)")
        }
        print("\(file): \(run) run, of these \(addresses) with IP addresses")
        #expect(run > 200)
    }

    /// Whether the base has no say in what the URL's host is.
    private static func isIndependent(_ url: WebURL, of base: String?) -> Bool {
        let scheme = String(decoding: url.text[..<url.components.scheme.end], as: UTF8.self).lowercased()
        guard let base else { return !scheme.isEmpty }
        let isWebBase = base.hasPrefix("http:") || base.hasPrefix("https:")
        if scheme.isEmpty { return isWebBase }
        // "Special relative or authority state": with the base's scheme, only `//` begins an authority.
        return !base.hasPrefix(scheme + ":") || url.text[(url.components.scheme.end + 1)...].starts(with: "//".utf8)
    }

    private static func port(_ url: WebURL) -> String {
        guard let port = Int(String(decoding: url.text[url.components.port.start..<url.components.port.end], as: UTF8.self))
        else { return "" }
        let scheme = String(decoding: url.text[..<url.components.scheme.end], as: UTF8.self).lowercased()
        return port == (scheme == "https" ? 443 : 80) ? "" : String(port)
    }

    @Test(arguments: ["wpt-via-ada/toascii.json", "wpt-via-ada/IdnaTestV2.json"])
    func `names become the A-labels that the IDNA data expects`(_ file: String) throws {
        var run = 0
        var missed: [String] = []
        for entry in try #require(try PeerData.json(file) as? [Any]) {
            guard let test = entry as? [String: Any], let input = test["input"] as? String else { continue }
            // What would end the host is written in percent-encoding, as web-platform-tests do.
            var host: [UInt8] = []
            for byte in input.utf8 {
                if ":/?#\\@%\t\n\r ".utf8.contains(byte) {
                    host += Array("%".utf8) + [byte >> 4, byte & 15].map { "0123456789ABCDEF".utf8.map(\.self)[Int($0)] }
                } else {
                    host.append(byte)
                }
            }
            run += 1
            let url = WebURL(Array("https://".utf8) + host + Array("/x".utf8))
            let got = url?.host.map { String(decoding: $0, as: UTF8.self) }
            let expected = test["output"] as? String
            if got != expected {
                missed.append("\(input.debugDescription) expected \(expected ?? "failure") got \(got ?? "failure")")
            }
        }
        print("\(file): \(run) run, \(missed.count) differ")
        print(missed.joined(separator: "\n"))
    }
}
