import Configuration
import Foundation
import Testing

@testable import TrackingDomains

@Suite struct StateFileTests {
    private let folder: TestFolder
    private let path: String

    init() throws {
        folder = try TestFolder()
        path = folder.path + "/domains.json"
    }

    private func entry(used: Bool, problem: String? = nil, failingSince: Moment? = nil) -> WatchTable.Entry {
        var entry = WatchTable.Entry(sender: "acme", lastSeen: .seconds(1_700_000_000))
        entry.state.wasChecked = true
        entry.state.isUsed = used
        entry.state.isExplained = !used
        entry.state.problem = problem
        entry.state.failingSince = failingSince
        entry.state.lastWarning = .seconds(1_699_999_999)
        return entry
    }

    private func known(_ file: StateFile) -> [DomainQuestion: WatchTable.Entry]? {
        if case .known(let entries) = file.read() { entries } else { nil }
    }

    @Test func `what was written is read again`() throws {
        let file = StateFile(path: path)
        let entries = [
            try question("click.acme.example"): entry(used: true),
            try question("click.acme.example", https: true): entry(
                used: true, problem: "no HTTPS (expired)", failingSince: .seconds(1_699_990_000)),
            try question("bücher.example:8443"): entry(used: false, problem: "missing"),
            try question("new.example"): WatchTable.Entry(sender: "new", lastSeen: .seconds(1_700_000_000)),
        ]
        try file.write(entries, at: .seconds(1_700_000_000))
        let read = try #require(known(file))
        #expect(read.count == 3, "what was never looked up is not known")
        for (question, entry) in read { #expect(entry.state == entries[question]?.state) }
        #expect(folder.names == ["domains.json"], "nothing is left beside it")
    }

    @Test func `what a killed writer left is removed, and nothing else`() throws {
        let names = [
            ".domains.json.signpost-aB3dE9", ".domains.json.signpost-new111", ".domains.json.backup",
            ".domains.json.signpost-aB3dE9x", ".other.json.signpost-aB3dE9",
        ]
        for name in names {
            let url = URL(fileURLWithPath: folder.path + "/" + name)
            try Data().write(to: url)
            let age: TimeInterval = name.contains("new") ? 60 : 4000
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: url.path)
        }
        try StateFile(path: path).write([:], at: .zero)
        #expect(folder.names.sorted() == (names.dropFirst() + ["domains.json"]).sorted())
    }

    @Test func `the file says in JSON what an operator would look for`() throws {
        try StateFile(path: path).write(
            [try question("click.acme.example"): entry(used: false, problem: "missing")],
            at: .seconds(1_700_000_000))
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "{\"domains\":[\n"
                + #"{"domain":"click.acme.example","https":false,"last_warning":1699999999,"#
                + #""problem":"missing","seen":1700000000,"sender":"acme","used":false}"# + "\n]}\n")
    }

    @Test func `unknown fields and senseless domains are passed over`() throws {
        try Data(
            #"""
            {"version": 7, "domains": [
              {"domain": "a.example", "https": false, "used": true, "sender": "a", "seen": 5, "mood": [1, {}]},
              {"domain": "..", "https": false, "used": true, "sender": "a", "seen": 5},
              {"domain": "b.example", "https": 3, "used": true, "sender": "a", "seen": 5},
              {"domain": "c.example"}, 7, null, []
            ]}
            """#.utf8
        ).write(to: URL(filePath: path))
        let read = try #require(known(StateFile(path: path)))
        #expect(try Array(read.keys) == [question("a.example")])
    }

    @Test(arguments: ["", "{", "[]", "null", #"{"domains": 1}"#, "\u{0}\u{0}\u{0}\u{0}", "{\"domains\":[]"])
    func `a damaged file is kept aside, and said so`(_ content: String) throws {
        try Data(content.utf8).write(to: URL(filePath: path))
        let heard = Heard()
        let keeper = StateKeeper(path: path, report: heard.report)
        #expect(keeper.restore().isEmpty)
        #expect(keeper.save([:], at: .zero))
        #expect(folder.names == ["domains.json", "domains.json.damaged"])
        #expect(try String(contentsOfFile: path + ".damaged", encoding: .utf8) == content)
        #expect(
            heard.lines == [
                "warning domain_check.state: \(path): it is not the JSON that signpost writes; starting without it, every domain has to be verified anew",
                "warning domain_check.state: \(path): kept as \(path).damaged",
            ])
    }

    @Test func `a missing file is nothing to speak of`() {
        let heard = Heard()
        #expect(StateKeeper(path: path, report: heard.report).restore().isEmpty)
        #expect(heard.lines.isEmpty)
    }

    @Test func `a folder that is not there is said once with what to do, and its return`() throws {
        let heard = Heard()
        let missing = folder.path + "/none/domains.json"
        let keeper = StateKeeper(path: missing, report: heard.report)
        #expect(keeper.restore().isEmpty)
        for _ in 0..<3 { #expect(!keeper.save([:], at: .zero)) }
        #expect(heard.lines.count == 1)
        #expect(heard.lines.first?.contains("\(missing): cannot write this file: No such file") == true)
        #expect(heard.lines.first?.contains("The folder has to be there, have room") == true)
        #expect(keeper.timeToSave(at: .zero, delay: .zero) == .seconds(60), "not tried all the time")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/none", withIntermediateDirectories: true)
        #expect(keeper.save([:], at: .zero))
        #expect(heard.lines.dropFirst() == ["info domain_check.state: \(missing): written again"])
    }

    @Test func `whoever reads while it is written finds it whole`() async throws {
        let file = StateFile(path: path)
        var entries: [DomainQuestion: WatchTable.Entry] = [:]
        for number in 0..<500 { entries[try question("c\(number).example")] = entry(used: true) }
        let (few, many) = (entries.filter { $0.key.domain.description.hasPrefix("c1") }, entries)
        try file.write(few, at: .zero)
        let reads = Task.detached {
            (0..<200).map { _ in if case .known(let found) = file.read() { found.count } else { -1 } }
        }
        for _ in 0..<20 {
            try file.write(many, at: .zero)
            try file.write(few, at: .zero)
        }
        let counts = Set(await reads.value)
        #expect(counts.isSubset(of: [few.count, many.count]), "\(counts)")
    }

    @Test func `offline, a domain counts as verified unless the file says otherwise`() throws {
        let (used, unused, unknown) = (
            try question("a.example"), try question("b.example"), try question("c.example")
        )
        var complaints: [String] = []
        #expect(
            KnownDomains(stateFile: path) { complaints.append($0) }.problems(of: [unused], sender: "s")
                .isEmpty)
        #expect(complaints.isEmpty, "a file that is not there is nothing to speak of")
        try StateFile(path: path).write(
            [used: entry(used: true), unused: entry(used: false, problem: "missing")], at: .zero)
        #expect(
            KnownDomains(stateFile: path) { complaints.append($0) }
                .problems(of: [used, unused, unknown], sender: "s") == [unused: "missing"])
        #expect(complaints.isEmpty)
        try Data("{".utf8).write(to: URL(filePath: path))
        #expect(
            KnownDomains(stateFile: path) { complaints.append($0) }.problems(of: [unused], sender: "s")
                .isEmpty)
        #expect(complaints.count == 1)
    }
}
