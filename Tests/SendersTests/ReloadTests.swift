import Configuration
import Foundation
import Glibc
import Testing

@testable import Senders

/// What a reload does to the senders' folder.
@Suite struct ReloadTests {
    @Test func `only what changed is read, and the rest is shared`() throws {
        let world = try World(
            Dictionary(uniqueKeysWithValues: (0..<50).map { ("s\($0)", sender("\"@s\($0).example\"")) }))
        try world.write("s7", sender("\"@other.example\""))
        try world.write("new", sender("\"@new.example\""))
        try world.remove("s8")
        settle()
        let first = try world.read(after: world.directory)
        #expect(first.errors.isEmpty)
        // Those that were too fresh at the first reading to be trusted are read again, too.
        #expect(first.filesRead >= 2 && first.filesRemoved == 1 && first.count == 50)
        #expect(first.directory["s1"] === world.directory["s1"], "read again, it said the same")

        try world.write("s7", sender("\"@third.example\""))
        try world.remove("s9")
        settle()
        let second = try world.read(after: first.directory)
        #expect(second.filesRead == 1 && second.filesRemoved == 1 && second.count == 49)
        #expect(second.directory["s1"] === first.directory["s1"])
        #expect(second.directory["s9"] == nil)
        #expect(world.identify("<x@third.example>", in: second) == "s7")
        #expect(world.identify("<x@other.example>", in: second).hasPrefix("no sender"))
        #expect(
            world.identify("<x@other.example>", in: first) == "s7",
            "a message finishes with what it began with")

        #expect(try world.read(after: second.directory).filesRead == 0)
    }

    @Test func `a file of the same size, put in place with its old time, is seen`() throws {
        let world = try World(["a": sender("\"@a.example\"")])
        settle()
        let first = try world.read(after: nil)
        let path = world.path("a")
        let before = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
        try world.write("a", sender("\"@b.example\""))
        try FileManager.default.setAttributes([.modificationDate: before as Any], ofItemAtPath: path)
        #expect(world.identify("<x@b.example>", in: try world.read(after: first.directory)) == "a")
    }

    @Test func `changes in quick succession are all seen`() throws {
        let world = try World(["a": sender("\"@a.example\"")])
        var directory = world.directory
        for number in 0..<200 {
            try world.write("a", sender("\"@a\(number % 10).example\""))
            let reading = try world.read(after: directory)
            directory = reading.directory
            #expect(world.identify("<x@a\(number % 10).example>", in: reading) == "a")
        }
    }

    @Test(arguments: [
        "addresses: [\n", "addresses: [\"@new.example\"]\ntracking_domian: x.example\n", "",
        "addresses: [\"@new.example\"]\ntracking_domain: track.relay.example\n",
    ])
    func `a file that breaks leaves its last good version in use`(_ broken: String) throws {
        let world = try World(["a": sender("\"@a.example\""), "b": sender("\"@b.example\"")])
        try world.write("a", broken)
        settle()
        var reading = try world.read(after: world.directory)
        for _ in 0..<2 {
            #expect(!reading.errors.isEmpty)
            #expect(reading.lastGood == [world.path("a")] && reading.leftOut.isEmpty)
            #expect(world.identify("<x@a.example>", in: reading) == "a")
            #expect(world.identify("<x@new.example>", in: reading).hasPrefix("no sender"))
            // Broken as it is, it is said each time.
            reading = try world.read(after: reading.directory)
            #expect(reading.filesRead == 1)
        }
        // Somebody who starts now has no last good version.
        let fresh = try world.read(after: nil)
        #expect(
            fresh.leftOut == [world.path("a")] && fresh.lastGood.isEmpty && fresh.errors == reading.errors)
        #expect(fresh.directory["a"] == nil)

        try world.write("a", sender("\"@mended.example\""))
        let mended = try world.read(after: reading.directory)
        #expect(mended.errors.isEmpty && mended.lastGood.isEmpty)
        #expect(world.identify("<x@mended.example>", in: mended) == "a")
    }

    @Test func `a broken file that goes takes its last good version with it`() throws {
        let world = try World(["a": sender("\"@a.example\""), "b": sender("\"@b.example\"")])
        try world.write("a", "addresses: [\n")
        let broken = try world.read(after: world.directory)
        try world.remove("a")
        let gone = try world.read(after: broken.directory)
        #expect(gone.errors.isEmpty && gone.filesRemoved == 1)
        #expect(world.identify("<x@a.example>", in: gone).hasPrefix("no sender"))
    }

    @Test func `what others check counts as broken too, and is asked about every sender`() throws {
        let world = try World(["a": sender("\"@a.example\""), "b": sender("\"@b.example\"")])
        try world.write("a", sender("\"@new.example\"", "scheme: https\n"))
        settle()
        func refused(_ scheme: LinkScheme, after previous: SenderDirectory?) throws -> SenderReading {
            SenderReading(
                try world.settings(), folder: try #require(try world.settings().senders.folder),
                after: previous
            ) { sender in
                sender.scheme == scheme
                    ? [ConfigurationError(SourcePosition(file: sender.file, line: 3), "no \(scheme)")] : []
            }
        }
        let reading = try refused(.https, after: world.directory)
        #expect(reading.errors.map(\.message) == ["no https"])
        #expect(world.identify("<x@a.example>", in: reading) == "a")
        // b was in order before, and is no longer, without a change in its file: no version of it is good.
        let later = try refused(.keep, after: reading.directory)
        #expect(later.leftOut == [world.path("b")])
        #expect(world.identify("<x@new.example>", in: later) == "a")
        #expect(world.identify("<x@b.example>", in: later).hasSuffix("the file of b has errors"))
    }

    @Test func `an address stays with the sender that had it, until a restart`() throws {
        let world = try World([
            "b": sender("\"@b.example\", \"@all.example\""), "d": sender("\"@d.example\""),
        ])
        try world.write("a", sender("\"@all.example\", \"@a.example\""))
        try world.write("c", sender("\"@c.example\", \"@all.example\""))
        let reading = try world.read(after: world.directory)
        let place = "b.yaml:1:27"
        let says =
            "error: \"@all.example\" is claimed by another sender too, at \(place); "
            + "that one had it first and keeps it until a restart, and then it is nobody's"
        #expect(world.texts(reading.errors) == ["a.yaml:1:13: " + says, "c.yaml:1:27: " + says])
        #expect(world.identify("<x@all.example>", in: reading) == "b")
        #expect(world.identify("<x@a.example>", in: reading) == "a")

        // So it is by the next reload, as long as the files are what they are.
        let again = try world.read(after: reading.directory)
        #expect(again.errors == reading.errors)
        #expect(world.identify("<x@all.example>", in: again) == "b")
        // Who starts now cannot know who was first.
        let fresh = try world.read(after: nil)
        #expect(world.texts(fresh.errors).allSatisfy { $0.contains("at a.yaml:1:13; until one of them") })
        #expect(world.identify("<x@all.example>", in: fresh).hasSuffix("several senders claim the address"))
        // What was nobody's does not become somebody's by a reload.
        #expect(
            world.identify("<x@all.example>", in: try world.read(after: fresh.directory))
                .hasSuffix("several senders claim the address"))
    }

    @Test func `an address that its sender gives up in the same reload changes hands`() throws {
        let world = try World(["a": sender("\"@all.example\", \"@a.example\"")])
        try world.write("a", sender("\"@a.example\""))
        try world.write("b", sender("\"@all.example\""))
        let reading = try world.read(after: world.directory)
        #expect(reading.errors.isEmpty)
        #expect(world.identify("<x@all.example>", in: reading) == "b")
    }

    @Test func `another main file: senders that it forbids are left out, the others are not read again`()
        throws
    {
        let world = try World([
            "a": sender("\"@a.example\""), "b": "addresses: [\"@b.example\"]\ntracking_domain: t.b.example\n",
            "c": sender("\"@c.example\"", "plugins: { forward-to-friend: off }\n"),
        ])
        settle()
        let first = try world.read(after: nil)
        try world.writeMain("default_tracking_domains: [t.b.example]\nplugins: { load: [hosted-content] }\n")
        let reading = try world.read(after: first.directory)
        #expect(reading.filesRead == 2)
        #expect(reading.leftOut == [world.path("b"), world.path("c")])
        #expect(reading.errors.count == 2)
        #expect(world.identify("<x@a.example>", in: reading) == "a")
        #expect(reading.directory["b"] == nil && reading.directory["c"] == nil)
    }

    @Test func `a folder that cannot be read changes nothing`() throws {
        let world = try World(["a": sender("\"@a.example\"")])
        let folder = world.folder.path
        try FileManager.default.moveItem(atPath: folder + "/senders.d", toPath: folder + "/away")
        let reading = try world.read(after: world.directory)
        #expect(reading.errors.count == 1 && reading.filesRemoved == 0)
        #expect(reading.lastGood == [folder + "/signpost.yaml"])
        #expect(world.identify("<x@a.example>", in: reading) == "a")
    }

    /// Lets the clock of files move on, so that what was written is not too fresh to be trusted.
    private func settle() { usleep(80_000) }
}

extension World {
    func path(_ sender: String) -> String { folder.path + "/senders.d/\(sender).yaml" }

    func write(_ sender: String, _ content: String) throws {
        try folder.write("senders.d/\(sender).yaml", content)
    }

    func writeMain(_ content: String) throws {
        try folder.write("signpost.yaml", content + "senders: senders.d\n")
    }

    func remove(_ sender: String) throws { try FileManager.default.removeItem(atPath: path(sender)) }

    func settings() throws -> Settings {
        try #require(Settings.load(file: folder.path + "/signpost.yaml").settings)
    }

    func read(after previous: SenderDirectory?) throws -> SenderReading {
        SenderReading(try settings(), folder: try #require(try settings().senders.folder), after: previous) {
            _ in []
        }
    }

    func texts(_ errors: [ConfigurationError]) -> [String] {
        errors.map { $0.description.replacing(folder.path + "/senders.d/", with: "") }
    }

    func identify(_ sender: String, in reading: SenderReading) -> String {
        switch reading.directory.identify(sender: sender, login: nil, client: Client(nil), headerFrom: []) {
        case .sender(let sender): sender.id
        case .nobody(let reason): reason
        }
    }
}
