import Glibc

extension AtomicFile {
    /// What the hidden files that are written first have behind the file's own name, and then six letters.
    static let leftoverMark = ".signpost-"
    /// No write takes so long.
    private static let leftoverAge = 3600

    /// Removes what writers of the file left behind that were killed, but not what one may be writing now.
    static func removeLeftovers(of name: String, in folder: String) {
        guard let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        let prefix = "." + name + leftoverMark
        while let entry = readdir(stream) {
            let found = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard found.hasPrefix(prefix), found.utf8.count == prefix.utf8.count + 6 else { continue }
            var status = stat()
            guard fstatat(dirfd(stream), found, &status, AT_SYMLINK_NOFOLLOW) == 0,
                status.st_mode & S_IFMT == S_IFREG, time(nil) - status.st_mtim.tv_sec > leftoverAge
            else { continue }
            unlinkat(dirfd(stream), found, 0)
        }
    }
}
