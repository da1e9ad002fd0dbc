import Glibc

/// The bytes of a file; nil where it can't be read, and `errno` says why.
func fileContent(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count > 0 { content += chunk[..<count] }
        if count == 0 { return content }
        if count < 0, errno != EINTR { return nil }
    }
}
