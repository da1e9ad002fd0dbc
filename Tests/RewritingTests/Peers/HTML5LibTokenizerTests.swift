import Testing

@testable import Rewriting

/// The tokenizer tests that browsers' and libraries' HTML parsers share (html5lib-tests), run against ours.
@Suite(.enabled(if: PeerData.isThere, "SIGNPOST_CORPUS is not set")) struct HTML5LibTokenizerTests {
    private static let folder = "html5lib+html5lib-tests/tokenizer"

    /// What our tokenizer does otherwise, and why. The key is the test's description.
    private static let deviations: [String: String] = [:]

    @Test func `the tokens are those that html5lib-tests expects`() throws {
        var run = 0
        var explained: Set<String> = []
        var skipped: [String: Int] = [:]
        for name in try PeerData.names(in: Self.folder, suffix: ".test") {
            let file = try #require(try PeerData.json(Self.folder + "/" + name) as? [String: Any])
            guard let tests = file["tests"] as? [[String: Any]] else {
                // Asked of tokenizers whose output becomes XML.
                skipped["xmlViolationTests", default: 0] += (file["xmlViolationTests"] as? [Any])?.count ?? 0
                continue
            }
            for test in tests {
                let description = try #require(test["description"] as? String)
                guard let (input, expected) = try Self.content(of: test) else {
                    skipped["half a surrogate pair", default: 0] += 1
                    continue
                }
                for state in test["initialStates"] as? [String] ?? [InitialState.data.rawValue] {
                    let state = try #require(InitialState(rawValue: state), "\(state)")
                    let got = TokenizerRun.run(
                        input, from: state, lastStartTag: test["lastStartTag"] as? String)
                    run += 1
                    if got.oddities.isEmpty, got.tokens == expected { continue }
                    if Self.deviations[description] != nil {
                        explained.insert(description)
                        continue
                    }
                    Issue.record(
                        """
                        \(name), \(description), \(state.rawValue), \(input.debugDescription)
                        expected \(expected)
                        got      \(got.tokens) \(got.oddities)
                        """)
                }
            }
        }
        let deviating = explained.count
        print("html5lib-tests: \(run) run, \(deviating) explained, skipped \(skipped)")
        #expect(run > 2500)
        #expect(explained == Set(Self.deviations.keys), "an explanation that nothing needs")
    }

    /// Input and tokens of a test, nil where they cannot be written in UTF-8.
    private static func content(of test: [String: Any]) throws -> (input: String, tokens: [ExpectedToken])? {
        let input = try #require(test["input"] as? String)
        let tokens = try #require(test["output"] as? [Any]).map { try #require(ExpectedToken($0), "\($0)") }
        guard test["doubleEscaped"] as? Bool == true else { return (input, tokens) }
        guard let input = input.unescaped else { return nil }
        let unescaped = tokens.compactMap(\.unescaped)
        return unescaped.count == tokens.count ? (input, unescaped) : nil
    }
}
