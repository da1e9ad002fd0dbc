import Configuration
import Foundation
import Testing

@Suite struct YAMLTests {
    private func errors(_ bytes: [UInt8]) -> [String] {
        let errors = ErrorList()
        _ = ConfigurationNode.parse(bytes, file: "x.yaml", errors: errors)
        return errors.sorted.map(\.description)
    }

    private func scalars(_ yaml: String) -> [String?] {
        let errors = ErrorList()
        guard
            case .sequence(let items)? = ConfigurationNode.parse(
                Array(yaml.utf8), file: "x.yaml", errors: errors)?.value
        else { return [] }
        return items.map(\.scalar)
    }

    @Test func `scalars are text as written`() {
        #expect(
            scalars("[off, 0660, 1_000, 12:30:45, ~, null, 1.0, 0x1F, 'a b', \"\\u00e9\", 2001-01-01, <<]")
                == [
                    "off", "0660", "1_000", "12:30:45", "~", "null", "1.0", "0x1F", "a b", "\u{E9}",
                    "2001-01-01",
                    "<<",
                ])
    }

    @Test(arguments: [
        Wrong("", "x.yaml:1:1: error: expected settings, found an empty file"),
        Wrong("# only a comment\n", "x.yaml:1:1: error: expected settings, found an empty file"),
        Wrong("---\n...\n", "x.yaml:1:1: error: expected settings, found an empty file"),
        Wrong("a: 1\n---\nb: 2\n", "x.yaml:2:1: error: expected one YAML document, found a second one"),
        Wrong("a:\n\tb: 1\n", "x.yaml:2:1: error: a tab stands here; YAML is indented with spaces"),
        Wrong(
            "a: [1, 2\nb: 3\n",
            "x.yaml:2:2: error: not valid YAML: did not find expected ',' or ']' "
                + "(while parsing a flow sequence from line 1)"),
        Wrong(
            "a: b: c\n",
            "x.yaml:1:5: error: not valid YAML: mapping values are not allowed in this context; expected a key only "
                + "where a line begins, indented as its neighbours are, and a space behind its colon; a value with "
                + "a colon stands in quotes"),
        Wrong(
            "a:[\"x\"]\nb: 1\n",
            "x.yaml:2:2: error: not valid YAML: mapping values are not allowed in this context; expected a key only "
                + "where a line begins, indented as its neighbours are, and a space behind its colon; a value with "
                + "a colon stands in quotes"),
        Wrong(
            "a: 1\n b\n  c\nd\n",
            "x.yaml:5:1: error: not valid YAML: could not find expected ':' (while scanning a simple key from line 4)"
        ),
        Wrong(
            "a:\n  b: 1\n c: 2\n",
            "x.yaml:3:2: error: not valid YAML: did not find expected key (while parsing a block mapping from line 1); "
                + "is the line indented as its neighbours are?"),
        Wrong(
            "a: [@acme.example, b]\n",
            "x.yaml:1:5: error: a value cannot begin with @ in YAML; put it in quotes: \"@acme.example\""),
        Wrong(
            "\u{E9}: %a\u{E9}\n",
            "x.yaml:1:4: error: a value cannot begin with % in YAML; put it in quotes: \"%a\u{E9}\""),
        Wrong(
            "a:\n  - *.t.relay.example\n",
            "x.yaml:2:5: error: a value cannot begin with * in YAML; put it in quotes: \"*.t.relay.example\""),
        Wrong("a: *\n", "x.yaml:1:4: error: a value cannot begin with * in YAML; put it in quotes: \"*\""),
        Wrong(
            "a: &&x\n", "x.yaml:1:4: error: a value cannot begin with & in YAML; put it in quotes: \"&&x\""),
        Wrong(
            "a: [b, ::1]\n",
            "x.yaml:1:8: error: a value cannot begin with : in YAML; put it in quotes: \"::1\""),
        Wrong("a: `\"b\n", "x.yaml:1:4: error: a value cannot begin with ` in YAML; put it in quotes"),
        Wrong(
            "a: \"open\n",
            "x.yaml:2:1: error: not valid YAML: found unexpected end of stream "
                + "(while scanning a quoted scalar from line 1)"),
        Wrong(
            "a: *b\n",
            "x.yaml:1:4: error: the alias *b has no anchor &b before it; if none is meant, put it in quotes: \"*b\""
        ),
        Wrong(
            "a: &b [*b]\n",
            "x.yaml:1:8: error: the alias *b has no anchor &b before it; if none is meant, put it in quotes: \"*b\""
        ),
        Wrong(
            "a: !!int 5\n",
            "x.yaml:1:4: error: expected a value without a tag, found the tag "
                + "\"tag:yaml.org,2002:int\""),
        Wrong("? [a]\n: b\n", "x.yaml:1:3: error: expected a word as the key, found a list"),
        Wrong(
            "a: 1\nb: 2\n\"a\": 3\nb: 4\n",
            "x.yaml:3:1: error: `a` is given twice; the first is on line 1",
            "x.yaml:4:1: error: `b` is given twice; the first is on line 2"),
        Wrong("a: x\u{1}y\n", "x.yaml:1:5: error: not valid YAML: control characters are not allowed"),
        Wrong("a: \u{E9}\u{0}\n", "x.yaml:1:5: error: not valid YAML: control characters are not allowed"),
    ])
    func `what is not one YAML document is said with its place`(_ wrong: Wrong) {
        #expect(errors(Array(wrong.yaml.utf8)) == wrong.says)
    }

    @Test func `what is not UTF-8 is said with its place`() {
        #expect(
            errors(Array("a: 1\r\nb: \u{E9}".utf8) + [0xFF]) == [
                "x.yaml:2:5: error: expected UTF-8, found a byte that is not"
            ])
        #expect(errors([0xFF, 0xFE, 0x61, 0]) == ["x.yaml:1:1: error: expected UTF-8, found UTF-16"])
    }

    @Test func `a byte order mark and CRLF are no part of the text`() {
        let text = "a: 1\r\nb: 2\r\na: 3\r\n"
        #expect(
            errors([0xEF, 0xBB, 0xBF] + text.utf8) == [
                "x.yaml:3:1: error: `a` is given twice; the first is on line 1"
            ])
        let marked = "\u{FEFF}- x\r\n- y\r\n"
        #expect(scalars(marked) == ["x", "y"])
    }

    @Test func `a few lines of aliases do not become billions of values`() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let item = "*a\(level - 1)"
            yaml += "a\(level): &a\(level) [\(Array(repeating: item, count: 10).joined(separator: ", "))]\n"
        }
        yaml += "? *a12\n: key\n"
        #expect(
            errors(Array(yaml.utf8)) == [
                "x.yaml:5:45: error: expected at most 100000 values in one file, aliases counted each time"
            ])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `deep nesting is an error and no crash`(_ opening: String) {
        let found = errors(Array(String(repeating: opening, count: 100_000).utf8))
        #expect(found.count == 1)
        #expect(found.first?.contains("nesting") ?? false, "\(found)")
    }

    @Test func `aliases stand for what they name`() {
        #expect(scalars("[&a x, *a]") == ["x", "x"])
    }

    @Test func `a file that cannot be read is an error at its name`() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/missing.yaml"
        let list = ErrorList()
        #expect(ConfigurationNode.read(file: missing, errors: list)?.position == nil)
        #expect(ConfigurationNode.read(file: folder.path, errors: list)?.position == nil)
        #expect(ConfigurationNode.read(file: "/dev/null", errors: list)?.position == nil)
        #expect(
            list.sorted.map(\.description) == [
                "/dev/null:1:1: error: expected a regular file, found a device, pipe or socket",
                "\(folder.path):1:1: error: expected a file, found a folder",
                "\(missing):1:1: error: cannot open this file: No such file or directory",
            ])
    }

    @Test func `a file that is too large is not read`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("big.yaml", String(repeating: "#", count: (4 << 20) + 1))
        let list = ErrorList()
        #expect(ConfigurationNode.read(file: file, errors: list)?.position == nil)
        #expect(
            list.sorted.map(\.message) == ["expected at most 4194304 bytes, found a file of 4194305"])
    }

    @Test func `a link that leads nowhere is said to be one`() throws {
        let folder = try TemporaryFolder()
        let link = folder.path + "/link.yaml"
        symlink("nowhere", link)
        for (path, says) in [
            (link, "it is a link that leads nowhere"),
            (folder.path + "/none.yaml", "No such file or directory"),
        ] {
            let list = ErrorList()
            #expect(ConfigurationNode.read(file: path, errors: list)?.position == nil)
            #expect(list.sorted.map(\.message) == ["cannot open this file: " + says])
        }
    }
}
