import Glibc

/// A file that has no name and goes with its last user: for what is too large for memory.
///
/// It is in `$TMPDIR`, or in /var/tmp, which unlike /tmp is on a disk everywhere (file-hierarchy(7)): on a tmpfs it
/// would be memory again.
final class UnlinkedFile {
    private let descriptor: Int32
    private(set) var count = 0

    static var folder: String {
        guard let folder = getenv("TMPDIR"), folder.pointee == UInt8(ascii: "/") else { return "/var/tmp" }
        return String(cString: folder)
    }

    init() throws(BodyError) {
        var template = Array((Self.folder + "/signpost-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)  // mode 0600, a name that nobody can guess
        guard descriptor >= 0 else { throw BodyError("cannot make a file in \(Self.folder)", errno) }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// Writes at the end. A full disk shows here, and not when a mapping is read (SIGBUS).
    func append(_ bytes: UnsafeRawBufferPointer) throws(BodyError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw BodyError("cannot keep \(count + rest.count) bytes in \(Self.folder)", errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            count += written
        }
    }

    /// The whole content, mapped for as long as `use` takes.
    func withBytes<Result>(_ use: (UnsafeRawBufferPointer) -> Result) throws(BodyError) -> Result {
        if count == 0 { return use(UnsafeRawBufferPointer(start: nil, count: 0)) }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw BodyError("cannot map \(count) bytes", errno)
        }
        defer { munmap(start, count) }
        madvise(start, count, MADV_SEQUENTIAL)
        return use(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The whole content piece by piece, until `give` says no; whether it never did.
    func forEachPiece(
        of size: Int, _ give: (UnsafeRawBufferPointer) -> Bool
    ) throws(BodyError) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var position = 0
        while position < count {
            let got = pread(descriptor, buffer.baseAddress, size, position)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw BodyError("cannot read what was kept in \(Self.folder)", errno) }
            if !give(UnsafeRawBufferPointer(rebasing: buffer[..<got])) { return false }
            position += got
        }
        return true
    }
}

/// Why a body can't be kept, mapped or read.
public struct BodyError: Error, CustomStringConvertible {
    /// One sentence for the log.
    public let description: String

    init(_ what: String, _ code: Int32) {
        var message = [CChar](repeating: 0, count: 256)
        let known = strerror_r(code, &message, message.count) == 0
        let why = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        description = what + ": " + (known ? String(decoding: why, as: UTF8.self) : "error \(code)")
    }
}
