import Configuration
import Testing

@testable import Senders

/// A main file and senders' files in a folder of their own.
struct World {
    let folder: TemporaryFolder
    let directory: SenderDirectory
    /// The errors, their files named without the folder.
    let errors: [String]

    /// - Parameters:
    ///   - main: lines for the main file besides the two that it needs.
    ///   - senders: files by name; `.yaml` may be left out.
    init(main: String = "", _ senders: [String: String]) throws {
        folder = try TemporaryFolder()
        try folder.write("senders.d/.keep", "")
        for (name, content) in senders {
            try folder.write("senders.d/" + (name.contains(".") ? name : name + ".yaml"), content)
        }
        let needed =
            "default_tracking_domains: [track.relay.example, \"*.t.relay.example\"]\nsenders: senders.d\n"
        let file = try folder.write("signpost.yaml", needed + main)
        let (settings, mistakes) = Settings.load(file: file)
        #expect(mistakes.isEmpty)
        let loaded = SenderDirectory.load(try #require(settings))
        directory = loaded.directory
        let prefix = folder.path + "/senders.d/"
        errors = loaded.errors.map { $0.description.replacing(prefix, with: "") }
    }

    /// The id of the sender found, or the reason why nobody is.
    func identify(
        _ sender: String, login: String? = nil, client: String? = nil, from: [String] = []
    ) -> String {
        switch directory.identify(
            sender: sender, login: login, client: Client(client), headerFrom: from.map { Array($0.utf8) })
        {
        case .sender(let sender): sender.id
        case .nobody(let reason): reason
        }
    }
}

/// A sender's file with these addresses.
func sender(_ addresses: String, _ more: String = "") -> String {
    "addresses: [\(addresses)]\ntracking_domain: click.acme.example\n\(more)"
}
