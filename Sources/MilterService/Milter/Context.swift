import CMilter
import Glibc

// Reading and writing libmilter's context (`SMFICTX`).

/// The session of a connection; a new one where there is none, as after QUIT_NC.
func session(of context: OpaquePointer) -> Session? {
    if let priv = smfi_getpriv(context) {
        return Unmanaged<Session>.fromOpaque(priv).takeUnretainedValue()
    }
    guard let service = Service.current else { return nil }
    let session = Session(
        service: service, agreement: service.agreement(of: UInt(bitPattern: context)))
    hang(session, on: context)
    return session
}

/// Hangs the session on the context (smfi_setpriv), which owns it until `xxfi_close`.
func hang(_ session: Session, on context: OpaquePointer) {
    if let former = smfi_getpriv(context) { Unmanaged<Session>.fromOpaque(former).release() }
    let owned = Unmanaged.passRetained(session)
    if smfi_setpriv(context, owned.toOpaque()) != MI_SUCCESS { owned.release() }
}

/// A macro's value (smfi_getsymval), nil where it is missing or empty.
func macro(_ name: StaticString, _ context: OpaquePointer) -> String? {
    name.withUTF8Buffer { name -> String? in
        // A StaticString ends with a NUL, and libmilter only reads it.
        guard let base = UnsafeRawPointer(name.baseAddress)?.assumingMemoryBound(to: CChar.self),
            let value = smfi_getsymval(context, UnsafeMutablePointer(mutating: base)), value.pointee != 0
        else { return nil }
        return String(cString: value)
    }
}

/// Names the macros wanted at a stage (smfi_setsymlist, which copies the list).
func setMacroList(_ context: OpaquePointer, _ stage: Int32, _ names: String) {
    names.withCString { _ = smfi_setsymlist(context, stage, UnsafeMutablePointer(mutating: $0)) }
}

/// The bytes of a C string.
func bytes(_ string: UnsafePointer<CChar>?) -> [UInt8] {
    guard let string else { return [] }
    return Array(UnsafeRawBufferPointer(start: string, count: strlen(string)))
}

/// A client's address as text; nil for one that is not on the Internet.
func clientAddress(_ address: UnsafePointer<sockaddr>?) -> String? {
    guard let address else { return nil }
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
        var binary = raw.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_addr
        return addressText(AF_INET, &binary)
    case AF_INET6:
        var binary = raw.assumingMemoryBound(to: sockaddr_in6.self).pointee.sin6_addr
        return addressText(AF_INET6, &binary)
    default:
        return nil
    }
}

/// The address in `{client_addr}`, for MTAs that send no CONNECT or no address with it. Sendmail writes
/// `IPv6:` before an IPv6 address and `0` where there is none.
func clientAddress(macro text: String?) -> String? {
    guard let text else { return nil }
    let address = text.lowercased().hasPrefix("ipv6:") ? String(text.dropFirst(5)) : text
    var binary = in6_addr()
    if inet_pton(AF_INET, address, &binary) == 1 { return addressText(AF_INET, &binary) }
    if inet_pton(AF_INET6, address, &binary) == 1 { return addressText(AF_INET6, &binary) }
    return nil
}

private func addressText(_ family: Int32, _ binary: UnsafeRawPointer) -> String? {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    return inet_ntop(family, binary, &text, socklen_t(text.count)).map { String(cString: $0) }
}
