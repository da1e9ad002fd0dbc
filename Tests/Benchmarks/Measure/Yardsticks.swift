import CGNU
import Glibc

/// What the machine does at best with the same bytes.
enum Yardstick: String, CaseIterable {
    case memcpy
    case memmem = "memmem of a needle that is not there"
    case memchr = "memchr('<')"

    func run(_ messages: [[UInt8]], scratch: UnsafeMutableRawPointer) {
        for message in messages {
            message.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                switch self {
                case .memcpy: use(Glibc.memcpy(scratch, base, bytes.count))
                case .memmem: use(CGNU.memmem(base, bytes.count, "track.relay.invalid", 19))
                case .memchr:
                    var position = 0
                    while let found = Glibc.memchr(base + position, 0x3C, bytes.count - position) {
                        position = UnsafeRawPointer(found) - base + 1
                    }
                    use(position)
                }
            }
        }
    }

    /// Bytes per second.
    func rate(_ messages: [[UInt8]]) -> Double {
        let largest = messages.map(\.count).max() ?? 0
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: largest + 1, alignment: 64)
        defer { scratch.deallocate() }
        return messages.size / Timing.best { run(messages, scratch: scratch) }
    }
}

extension [[UInt8]] {
    /// Bytes in all.
    var size: Double { Double(reduce(0) { $0 + $1.count }) }
}
