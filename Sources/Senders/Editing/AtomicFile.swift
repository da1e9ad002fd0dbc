import Configuration
import Glibc

/// Files that others read while we write them: they see the old content or the new, never a half of it.
enum AtomicFile {
    /// Replaces a file's content. Owner, group and mode stay; behind a symbolic link, the file that it leads to is
    /// replaced and the link stays.
    static func replace(_ path: String, with content: [UInt8]) throws(ValueError) {
        guard let resolved = realpath(path, nil) else { throw failure("find") }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var status = stat()
        guard stat(target, &status) == 0 else { throw failure("read") }
        try write(content, beside: target) { descriptor, temporary throws(ValueError) in
            var own = stat()
            guard fstat(descriptor, &own) == 0 else { throw failure("write") }
            // Before the mode: a change of owner takes set-id bits away.
            if own.st_uid != status.st_uid || own.st_gid != status.st_gid,
                fchown(descriptor, status.st_uid, status.st_gid) != 0
            {
                throw ValueError("the file would change its owner: \(lastErrorText()); nothing was written")
            }
            guard fchmod(descriptor, status.st_mode & 0o7777) == 0, fsync(descriptor) == 0,
                rename(temporary, target) == 0
            else { throw failure("write") }
        }
    }

    /// Makes a new file, readable for everybody as far as the umask allows.
    static func create(_ path: String, with content: [UInt8]) throws(ValueError) {
        try write(content, beside: path) { descriptor, temporary throws(ValueError) in
            let mask = umask(0)
            umask(mask)
            // link and not rename: a file that somebody else made meanwhile stays.
            guard fchmod(descriptor, 0o644 & ~mask) == 0, fsync(descriptor) == 0, link(temporary, path) == 0
            else { throw failure("write") }
            unlink(temporary)
        }
    }

    /// Writes to a hidden file in the same folder, which nobody reads as a sender's, and has `finish` put it in place.
    private static func write(
        _ content: [UInt8], beside path: String, finish: (CInt, String) throws(ValueError) -> Void
    ) throws(ValueError) {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let folder = slash == path.startIndex ? "." : String(path[..<slash])
        var template = (path[..<slash] + "." + path[slash...] + ".XXXXXX").utf8CString.map { $0 }
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("write") }
        defer { close(descriptor) }
        let temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        do throws(ValueError) {
            var rest = content[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("write") }
                rest = rest.dropFirst(count)
            }
            try finish(descriptor, temporary)
        } catch {
            unlink(temporary)
            throw error
        }
        // The name's change is safe when the folder is.
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if handle >= 0 {
            fsync(handle)
            close(handle)
        }
    }

    private static func failure(_ verb: String) -> ValueError {
        ValueError("cannot \(verb) this file: \(lastErrorText())")
    }
}
