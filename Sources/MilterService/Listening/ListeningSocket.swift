import Configuration
import Glibc

/// The socket on which the MTA finds us. Made by us and handed to libmilter as `fd:N`, so that
///
/// - a mistake is known before anything else starts, and can be said in a sentence;
/// - `TCP_NODELAY` is set: accepted sockets inherit it on Linux, and libmilter sets none, which costs 43 ms for
///   every body that is replaced over TCP (Nagle's algorithm against delayed acknowledgements);
/// - a unix socket is removed only while it is still ours, and its mode and group are right before anybody can
///   connect.
public final class ListeningSocket: Sendable {
    /// Where it listens; with the real port where port 0 was asked for.
    public let address: ListenAddress
    /// The descriptor, for libmilter or another server of ours.
    let descriptor: Int32
    /// The file that we made, for a unix socket.
    private let file: SocketFile?
    /// Whether others hold the same socket (systemd), so that it must not be shut down.
    private let isShared: Bool

    private init(address: ListenAddress, descriptor: Int32, file: SocketFile?, isShared: Bool) {
        self.address = address
        self.descriptor = descriptor
        self.file = file
        self.isShared = isShared
    }

    /// Whether the MTA comes by TCP, also to a socket that somebody else opened.
    var isOverTCP: Bool {
        var domain: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain != AF_UNIX
    }

    /// Where it listens in libmilter's notation, and in Postfix's.
    var inBothNotations: String {
        let bound = isShared ? boundAddress(of: descriptor) : address
        return address.description + (isShared ? bound.map { ", \($0)" } ?? "" : "")
            + (bound?.postfixNotation.map { " (Postfix: smtpd_milters = \($0))" } ?? "")
    }

    /// Opens `address`. `mode` and `group` are for unix sockets.
    public static func open(
        _ address: ListenAddress, mode: UInt32 = 0o660, group: String? = nil
    ) throws(ServiceError) -> ListeningSocket {
        switch address {
        case .unix(let path):
            let (descriptor, file) = try openUnixSocket(at: path, mode: mode, group: group)
            return ListeningSocket(address: address, descriptor: descriptor, file: file, isShared: false)
        case .inet(let port, let host):
            let (descriptor, port) = try openInternetSocket(AF_INET, port: port, host: host, address: address)
            return ListeningSocket(
                address: .inet(port: port, host: host), descriptor: descriptor, file: nil, isShared: false)
        case .inet6(let port, let host):
            let (descriptor, port) = try openInternetSocket(
                AF_INET6, port: port, host: host, address: address)
            return ListeningSocket(
                address: .inet6(port: port, host: host), descriptor: descriptor, file: nil, isShared: false)
        case .descriptor(let number):
            try adoptListeningSocket(number)
            return ListeningSocket(address: address, descriptor: number, file: nil, isShared: true)
        }
    }

    /// Stops taking connections while libmilter runs on: from now on its descriptor is a socket that nobody finds.
    ///
    /// libmilter has no way to do so itself: from `smfi_stop` on, the build with a pool of workers no longer reads
    /// from the connections it has, and the messages under way are lost.
    func retire() {
        file?.removeIfOurs()
        let stand = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard stand >= 0 else { return }
        defer { close(stand) }
        // An address of the family alone makes Linux choose an abstract name (unix(7), "autobind").
        var unnamed = sockaddr(sa_family: sa_family_t(AF_UNIX), sa_data: sockaddr().sa_data)
        guard bind(stand, &unnamed, socklen_t(MemoryLayout<sa_family_t>.size)) == 0, listen(stand, 1) == 0
        else {
            return
        }
        // libmilter's poll(2) sleeps on the former socket, and looks at this one when that wakes it: there has to be
        // something to see, or it sleeps on until its five seconds are over.
        callSocket(stand)
        let former = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        dup2(stand, descriptor)
        guard former >= 0 else { return }
        if !isShared { shutdown(former, Int32(SHUT_RDWR)) }
        close(former)
    }

    /// Wakes libmilter's listener after ``retire()``; it looks only every five seconds whether it has been told to
    /// stop. While it still sleeps on a socket of systemd's, only a signal wakes it.
    func wake() { callSocket(descriptor) }

    /// Removes our unix socket, if it is still ours.
    public func removeFile() { file?.removeIfOurs() }
}

/// Connects to a listening unix socket, whatever its name, and hangs up.
private func callSocket(_ descriptor: Int32) {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let caller = socket(
        AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard caller >= 0 else { return }
    defer { close(caller) }
    withUnsafeMutableBytes(of: &address) { bytes in
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return }
        if getsockname(descriptor, base, &length) == 0, base.pointee.sa_family == sa_family_t(AF_UNIX) {
            _ = connect(caller, base, length)
        }
    }
}
