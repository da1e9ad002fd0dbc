import Glibc

/// The address of a unix socket as the system's calls want it (unix(7)).
public struct UnixAddress: Sendable {
    /// The longest path that fits with its final zero byte.
    public static let maximumPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private let address: sockaddr_un
    private let length: socklen_t

    /// The socket at `path`; nil where that is too long.
    public init?(path: String) { self.init(name: Array(path.utf8)) }

    /// The socket at a path or, where `name` begins with a zero byte, of an abstract name; nil where that is too long.
    public init?(name: [UInt8]) {
        guard name.count <= Self.maximumPathLength else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        self.address = address
        length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    }

    /// Calls `body` with the address and its length.
    public func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
