import Configuration
import Testing

@Suite struct YAMLEditTests {
    /// Before and after; `@` is where the new value has to stand.
    @Test(arguments: [
        ("a: 1\ntracking_domain: old\nb: 2\n", "a: 1\ntracking_domain: @\nb: 2\n"),
        ("tracking_domain:   old   # why\n", "tracking_domain:   @   # why\n"),
        ("tracking_domain: \"old\"# no comment", nil),
        ("tracking_domain: 'old' # c\r\na: 1\r\n", "tracking_domain: '@' # c\r\na: 1\r\n"),
        ("\"tracking_domain\": old\n", "\"tracking_domain\": @\n"),
        ("? tracking_domain\n: old\n", "? tracking_domain\n: @\n"),
        (
            "a: {tracking_domain: deep}\ntracking_domain: old",
            "a: {tracking_domain: deep}\ntracking_domain: @"
        ),
        ("a: tracking_domain\ntracking_domain: old", "a: tracking_domain\ntracking_domain: @"),
        ("{a: [1, 2], tracking_domain: old}\n", "{a: [1, 2], tracking_domain: @}\n"),
        ("{tracking_domain: old, a: 1}", "{tracking_domain: @, a: 1}"),
        (
            "\u{FEFF}# \u{FC}\u{1F600}\ntracking_domain: old\n",
            "\u{FEFF}# \u{FC}\u{1F600}\ntracking_domain: @\n"
        ),
        ("--- # start\ntracking_domain: old\n...\n", "--- # start\ntracking_domain: @\n...\n"),
        ("tracking_domain:\na: 1\n", "tracking_domain: @\na: 1\n"),
        ("tracking_domain: # later\na: 1\n", "tracking_domain: @ # later\na: 1\n"),
        ("{tracking_domain: , a: 1}", "{tracking_domain: @ , a: 1}"),
        ("tracking_domain: [x, y] # list\na: 1\n", "tracking_domain: @ # list\na: 1\n"),
        ("tracking_domain: |\n  old\na: 1\n", nil),
        // The key is missing.
        ("a: 1\n", "a: 1\ntracking_domain: @\n"),
        ("a: 1 # one\n# end", "a: 1 # one\ntracking_domain: @\n# end"),
        (
            "a:\r\n  - 1\r\n  - 2\r\n\r\n# end\r\n",
            "a:\r\n  - 1\r\n  - 2\r\ntracking_domain: @\r\n\r\n# end\r\n"
        ),
        ("a: [1, 2]\n...\n", "a: [1, 2]\ntracking_domain: @\n...\n"),
        ("  a: 1\n  b: {c: d}", "  a: 1\n  b: {c: d}\n  tracking_domain: @"),
        ("{a: 1, b: [2] }\n", "{a: 1, b: [2], tracking_domain: @ }\n"),
    ])
    func `a value is changed and no other byte`(_ before: String, _ after: String?) throws {
        let edited = try YAMLEdit.setting(
            "tracking_domain", to: "click.acme.example:8443", in: Array(before.utf8), file: "x.yaml")
        if let after {
            #expect(
                String(decoding: edited, as: UTF8.self)
                    == after.replacing("@", with: "click.acme.example:8443"))
        }
        // Whatever was there: what reads it afterwards reads the new value, or finds a mistake.
        let errors = ErrorList()
        guard let root = ConfigurationNode.parse(edited, file: "x.yaml", errors: errors), errors.isEmpty
        else {
            #expect(after == nil)
            return
        }
        let reader = MappingReader(root, keys: ["tracking_domain"], othersAllowed: true, errors: errors)
        #expect(reader.text("tracking_domain") == "click.acme.example:8443")
    }

    @Test(arguments: ["", "# nothing\n", "- a\n", "text\n", "{}\n", "a: [\n"])
    func `what is no mapping is refused`(_ content: String) {
        #expect(throws: ConfigurationError.self) {
            try YAMLEdit.setting("tracking_domain", to: "x.example", in: Array(content.utf8), file: "x.yaml")
        }
    }
}
