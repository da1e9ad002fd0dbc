import CGNU
import Glibc

/// Files that others read while we write them: they see the old content or the new, never a half of it, also after a
/// power cut.
public enum AtomicFile {
    /// Puts a file there, readable for everybody as far as the umask allows; what had its name is gone.
    public static func write(_ content: [UInt8], to path: String) throws(ValueError) {
        try write(content, beside: path) { descriptor, temporary throws(ValueError) in
            guard fchmod(descriptor, newMode) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0
            else { throw failure("write") }
        }
    }

    /// Makes a new file, readable for everybody as far as the umask allows.
    public static func create(_ path: String, with content: [UInt8]) throws(ValueError) {
        try write(content, beside: path) { descriptor, temporary throws(ValueError) in
            // link and not rename: a file that somebody else made meanwhile stays.
            guard fchmod(descriptor, newMode) == 0, fsync(descriptor) == 0, link(temporary, path) == 0
            else { throw failure("write") }
            unlink(temporary)
        }
    }

    /// Replaces a file's content. Owner, group, mode and access control list stay; behind a symbolic link, the file
    /// that it leads to is replaced and the link stays.
    public static func replace(_ path: String, with content: [UInt8]) throws(ValueError) {
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
            guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else { throw failure("write") }
            // After the mode, whose group bits are the list's mask (acl(5)).
            try copyAccessControlList(of: target, to: descriptor)
            guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw failure("write") }
        }
    }

    private static var newMode: mode_t {
        let mask = umask(0)
        umask(mask)
        return 0o644 & ~mask
    }

    /// Gives the new file the list of the old one; where that has none, nor has the new one what its folder gave it.
    private static func copyAccessControlList(of path: String, to descriptor: CInt) throws(ValueError) {
        let name = "system.posix_acl_access"
        var list = [UInt8](repeating: 0, count: 1 << 16)  // no attribute is larger (xattr(7))
        let size = getxattr(path, name, &list, list.count)
        // No list, or a file system that knows none.
        if size < 0, errno == ENODATA || errno == ENOTSUP {
            fremovexattr(descriptor, name)
            return
        }
        guard size >= 0, fsetxattr(descriptor, name, list, size, 0) == 0 else {
            throw ValueError(
                "the file would lose its access control list: \(lastErrorText()); nothing was written")
        }
    }

    /// Writes to a hidden file in the same folder, which nobody takes for a sender's, and has `finish` put it in place.
    private static func write(
        _ content: [UInt8], beside path: String, finish: (CInt, String) throws(ValueError) -> Void
    ) throws(ValueError) {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let folder = slash == path.startIndex ? "." : String(path[..<slash])
        removeLeftovers(of: String(path[slash...]), in: folder)
        var template = (path[..<slash] + "." + path[slash...] + leftoverMark + "XXXXXX").utf8CString.map {
            $0
        }
        let descriptor = mkostemp(&template, O_CLOEXEC)
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
