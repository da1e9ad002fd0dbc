import CFuzzer
import Configuration
import Glibc

@testable import Senders

/// The main file and a sender's file: settings or errors, each with a place in the file.
enum ConfigTarget {
    @Sendable static func run(_ input: inout Input) {
        let isSender = input.choice(2) == 1
        let bytes = input.remainder()
        if isSender {
            let errors = ErrorList()
            let sender = File.shared.holding(bytes) { path in
                SenderFileReader(settings).read(path: path, id: "acme", errors: errors)
            }
            require(
                (sender.sender == nil) == !errors.isEmpty,
                "sender \(sender.sender != nil), errors \(errors.sorted)")
            requirePlaces(errors.sorted, in: bytes)
        } else {
            let (settings, errors) = Settings.parse(bytes, file: "s.yaml")
            require(settings != nil || !errors.isEmpty, "settings \(settings != nil), errors \(errors)")
            requirePlaces(errors, in: bytes)
        }
    }

    private static let settings: Settings = {
        let yaml = "default_tracking_domains: [track.relay.example]\nsenders: senders.d\n"
        guard let settings = Settings.parse(Array(yaml.utf8), file: "s.yaml").settings else { fatalError() }
        return settings
    }()

    private static func requirePlaces(_ errors: [ConfigurationError], in bytes: [UInt8]) {
        for error in errors {
            let place = error.position
            require(
                place.line >= 1 && place.column >= 1 && place.line <= bytes.count + 2
                    && place.column <= bytes.count + 2,
                "\(error)")
            require(!error.message.utf8.contains { $0 < 0x20 }, "a message of several lines: \(error)")
        }
    }
}

/// A file in memory.
private final class File: Sendable {
    static let shared = File()
    private let descriptor = fuzzer_memory_file()

    func holding<R>(_ bytes: [UInt8], _ body: (String) -> R) -> R {
        ftruncate(descriptor, 0)
        require(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, "no memory for a file")
        return body("/proc/self/fd/\(descriptor)")
    }
}
