import Glibc

/// The name of the user that this process runs as, or its number where it has none: whose rights an error is about.
public func userName() -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16384)
    return buffer.withUnsafeMutableBufferPointer { buffer in
        // Not getpwuid(3): a reload is on a thread of its own.
        guard let room = buffer.baseAddress, getpwuid_r(geteuid(), &entry, room, buffer.count, &found) == 0,
            let name = found?.pointee.pw_name
        else { return "\(geteuid())" }
        return String(cString: name)
    }
}
