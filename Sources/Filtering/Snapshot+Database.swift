import PostgreSQLSenders

extension Snapshot {
    /// Connects to the database that the senders are in, if they are. Does not wait for it.
    public func connect(log: @escaping LogSink) {
        database?.start { event in
            switch event {
            case .away(let reason):
                log(
                    .error,
                    "the sender database does not answer: \(reason); senders that are remembered are served, "
                        + "all other mail goes out with the default domain")
            case .back(let time):
                log(.warning, "the sender database answers again, after \(time.components.seconds) s")
            case .broken(let error): log(.error, "\(error); this sender is left out")
            }
        }
    }
}
