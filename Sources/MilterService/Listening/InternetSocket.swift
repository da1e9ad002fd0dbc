import Configuration
import Glibc

/// A listening TCP socket, and the port it got.
func openInternetSocket(
    _ family: Int32, port: UInt16, host: String?, address: ListenAddress
) throws(ServiceError) -> (Int32, UInt16) {
    let candidates = try addresses(family, port: port, host: host, of: address)
    defer { freeaddrinfo(candidates) }
    let found = candidates.pointee

    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure(address, errno) }
    do throws(ServiceError) {
        for (level, option) in [(SOL_SOCKET, SO_REUSEADDR), (Int32(IPPROTO_TCP), TCP_NODELAY)] {
            var on: Int32 = 1
            guard setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
                throw failure(address, errno)
            }
        }
        guard bind(descriptor, found.ai_addr, found.ai_addrlen) == 0, listen(descriptor, SOMAXCONN) == 0
        else {
            throw failure(address, errno)
        }
    } catch {
        close(descriptor)
        throw error
    }
    return (descriptor, boundPort(descriptor) ?? port)
}

private func addresses(
    _ family: Int32, port: UInt16, host: String?, of address: ListenAddress
) throws(ServiceError) -> UnsafeMutablePointer<addrinfo> {
    var hints = addrinfo()
    hints.ai_family = family
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &found)
    guard code == 0, let found else {
        throw ServiceError(
            code == EAI_AGAIN ? .unavailable : .configuration,
            "\(address): \(String(cString: gai_strerror(code))); "
                + "expected an address of this machine")
    }
    return found
}

private func boundPort(_ descriptor: Int32) -> UInt16? {
    var address = sockaddr_in6()  // the port stands at the same place in a sockaddr_in
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return result == 0 ? UInt16(bigEndian: address.sin6_port) : nil
}

private func failure(_ address: ListenAddress, _ code: Int32) -> ServiceError {
    switch code {
    case EADDRINUSE:
        ServiceError(
            .unavailable,
            "\(address) is in use: another server listens there; stop it, or choose another port")
    case EADDRNOTAVAIL:
        // It may become one: at a boot the network is not up everywhere when services start.
        ServiceError(
            .unavailable,
            "\(address): not an address of this machine, or not yet; name one of its own, such as 127.0.0.1")
    case EACCES, EPERM:
        ServiceError(
            .noPermission,
            "\(address): \(systemMessage(code)); choose a port from 1024 on, or run with the right to")
    default:
        ServiceError(.operatingSystem, "\(address): cannot listen: \(systemMessage(code))")
    }
}
