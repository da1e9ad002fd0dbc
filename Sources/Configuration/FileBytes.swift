import Glibc

/// The bytes of a configuration file.
public enum FileBytes {
    /// No configuration file is larger. A file of 4 MiB is a mistake (a log, a dump), not a configuration.
    public static let maximumSize = 4 << 20

    /// Reads the whole file, if it has no more than `limit` bytes.
    ///
    /// Only regular files: opening a FIFO or a device that someone dropped into the senders' folder would
    /// block a reload for ever.
    public static func read(_ path: String, atMost limit: Int = maximumSize) throws(ValueError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let text = lastErrorText()
            // The link itself is there, and ls(1) shows it.
            var link = stat()
            let isLink = errno == ENOENT && lstat(path, &link) == 0
            throw ValueError("cannot open this file: " + (isLink ? "it is a link that leads nowhere" : text))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ValueError("cannot read this file: " + lastErrorText())
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw ValueError("expected a file, found a folder")
        default: throw ValueError("expected a regular file, found a device, pipe or socket")
        }
        guard status.st_size <= limit else {
            throw ValueError("expected at most \(limit) bytes, found a file of \(status.st_size)")
        }
        return try readAll(descriptor, sizeHint: Int(status.st_size), atMost: limit)
    }

    /// The file may grow or shrink while it is read, so the size is but a hint.
    private static func readAll(_ descriptor: CInt, sizeHint: Int, atMost limit: Int) throws(ValueError)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        var failure: String?
        while bytes.count <= limit {
            let piece = [UInt8](unsafeUninitializedCapacity: max(sizeHint - bytes.count, 0) + 1) {
                buffer, count in
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                count = max(got, 0)
                if got < 0 { failure = lastErrorText() }
            }
            if let failure { throw ValueError("cannot read this file: " + failure) }
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }
}

/// What the C library says of the call that just failed, e.g. `No such file or directory`; and, where it was not
/// allowed, to whom.
public func lastErrorText() -> String {
    let code = errno
    return String(cString: strerror(code)) + (code == EACCES ? " for user \(userName())" : "")
}

/// `path` as seen from the folder of the file that names it. Absolute paths stay.
public func resolve(path: String, relativeTo file: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
}
