import Configuration
import Testing

/// The least that is a main file.
let minimum = "default_tracking_domains: [track.relay.example]\nsenders: senders.d\n"

/// The errors of a main file called `s.yaml`, as an operator sees them.
func errors(in yaml: String) -> [String] {
    Settings.parse(Array(yaml.utf8), file: "s.yaml").errors.map(\.description)
}

/// The settings of a main file in `/etc/signpost`.
func read(_ yaml: String) -> Settings? {
    Settings.parse(Array(yaml.utf8), file: "/etc/signpost/signpost.yaml").settings
}

/// The errors behind the two lines of ``minimum``, their place given as `line:column`.
func errors(behindMinimum yaml: String) -> [String] {
    errors(in: minimum + yaml).map { String($0.dropFirst("s.yaml:".count)) }
}

/// A wrong file or value, and the words that have to be said.
struct Wrong: CustomTestStringConvertible, Sendable {
    var yaml: String
    var says: [String]

    init(_ yaml: String, _ says: String...) {
        self.yaml = yaml
        self.says = says
    }

    var testDescription: String { yaml }
}
