/// What the last run of the filter knew of domains, as its state file tells: for `signpost rewrite`, which asks no DNS.
public struct KnownDomains: DomainStates {
    private let problems: [DomainQuestion: String]

    /// Reads a state file. Without one every domain counts as verified.
    ///
    /// - Parameter complain: told of a file that is there and cannot be used.
    public init(stateFile path: String, complain: (String) -> Void) {
        switch StateFile(path: path).read() {
        case .missing:
            problems = [:]
        case .known(let entries):
            problems = entries.compactMapValues { entry in
                entry.state.isUsed ? nil : entry.state.problem ?? "not verified"
            }
        case .damaged(let why), .unreadable(let why):
            complain("\(path): \(why); every tracking domain counts as verified")
            problems = [:]
        }
    }

    /// Those of the domains that the filter did not use.
    public func problems(of questions: [DomainQuestion], sender: String) -> [DomainQuestion: String] {
        problems.isEmpty ? [:] : problems.filter { questions.contains($0.key) }
    }
}
