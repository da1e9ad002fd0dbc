import Configuration
import Glibc

extension ListenAddress {
    /// The socket that systemd hands over (sd_listen_fds(3)), nil where it hands over none.
    ///
    /// It takes the place of the configured address: whoever writes a socket unit means it.
    public static func fromServiceManager() throws(ServiceError) -> ListenAddress? {
        guard ServiceManager.number("LISTEN_PID") == Int(getpid()),
            let count = ServiceManager.number("LISTEN_FDS"), count > 0
        else { return nil }
        guard count == 1 else {
            throw ServiceError(
                .configuration,
                "systemd hands over \(count) sockets; expected one ListenStream= in the socket unit")
        }
        return .descriptor(3)  // SD_LISTEN_FDS_START
    }
}

/// Makes ready a listening socket that somebody else opened.
func adoptListeningSocket(_ descriptor: Int32) throws(ServiceError) {
    var listens: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0, listens != 0 else {
        throw ServiceError(
            .configuration,
            "fd:\(descriptor) is not a listening stream socket; expected ListenStream= with Accept=no")
    }
    var on: Int32 = 1
    // Fails on a unix socket, which needs none.
    _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
}

/// The address of a socket that somebody else opened; nil where an MTA could not be told it.
func boundAddress(of descriptor: Int32) -> ListenAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    // Of a unix socket it is the path.
    var service = [CChar](repeating: 0, count: MemoryLayout<sockaddr_un>.size)
    let code = withUnsafeMutablePointer(to: &storage) { storage in
        storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            getsockname(descriptor, address, &length) == 0
                ? getnameinfo(
                    address, length, &host, socklen_t(host.count), &service, socklen_t(service.count),
                    NI_NUMERICHOST | NI_NUMERICSERV) : EAI_SYSTEM
        }
    }
    guard code == 0 else { return nil }
    switch Int32(storage.ss_family) {
    case AF_UNIX: return try? ListenAddress(parsing: "unix:\(string(service))")
    case AF_INET: return try? ListenAddress(parsing: "inet:\(string(service))@\(string(host))")
    default: return try? ListenAddress(parsing: "inet6:\(string(service))@[\(string(host))]")
    }
}

private func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
